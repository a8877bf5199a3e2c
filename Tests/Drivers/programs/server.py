"""A program for a board with an AirLift: a web site."""

from os import getenv

import board
import rtc
import time
from adafruit_esp32spi import adafruit_esp32spi, adafruit_esp32spi_socketpool
from adafruit_httpserver import JSONResponse, Request, Response, Server
from digitalio import DigitalInOut

esp = adafruit_esp32spi.ESP_SPIcontrol(
    board.SPI(), DigitalInOut(board.D10), DigitalInOut(board.D7), DigitalInOut(board.D5))
esp.connect(getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))
rtc.RTC().datetime = time.localtime(esp.get_time()[0])
server = Server(adafruit_esp32spi_socketpool.SocketPool(esp), None, debug=False)

PAGE = """<!doctype html><link rel="icon" href="data:,"><title>AirLift</title><h1>It works</h1><p id="said"></p>
<img src="/picture.svg" alt="a circle"><script>
fetch("/count").then((answer) => answer.json()).then((data) => { document.getElementById("said").innerText = "visit " + data.count; });
</script>"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80"><circle cx="40" cy="40" r="30"/></svg>'
count = 0


@server.route("/")
def page(request: Request):
    return Response(request, PAGE, content_type="text/html")


@server.route("/picture.svg")
def picture(request: Request):
    return Response(request, PICTURE, content_type="image/svg+xml")


@server.route("/count")
def visits(request: Request):
    global count
    count += 1
    return JSONResponse(request, {"count": count, "host": request.client_address[0]})


server.start(esp.ipv4_address, getenv("PORT"))
print("http://%s:%d" % (esp.ipv4_address, getenv("PORT")))
while True:
    server.poll()
