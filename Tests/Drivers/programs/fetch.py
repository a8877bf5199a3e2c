"""A program for a board with an AirLift: fetches what its arguments name, and sends it back."""

import sys
from os import getenv

import adafruit_connection_manager
import adafruit_requests
import board
import busio
from adafruit_esp32spi import adafruit_esp32spi
from digitalio import DigitalInOut

cs, ready, reset = DigitalInOut(board.D13), DigitalInOut(board.D11), DigitalInOut(board.D12)
if "SCK1" in dir(board):
    spi = busio.SPI(board.SCK1, board.MOSI1, board.MISO1)
else:
    spi = busio.SPI(board.SCK, board.MOSI, board.MISO)
esp = adafruit_esp32spi.ESP_SPIcontrol(spi, cs, ready, reset)
while not esp.is_connected if hasattr(esp, "is_connected") else not esp.connected:
    esp.connect_AP(getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))
pool = adafruit_connection_manager.get_radio_socketpool(esp)
session = adafruit_requests.Session(pool, adafruit_connection_manager.get_radio_ssl_context(esp))
for url in sys.argv[1:]:
    with session.get(url + "/hello") as response:
        text = response.text
    with session.post(url + "/", data=text * 100) as response:
        print(response.status_code, response.text == (text * 100)[::-1], text.strip())
    with session.get(url + "/none") as response:
        print(response.status_code)
