"""A program for a board with an AirLift: subscribes at a broker, publishes, and prints what comes back."""

import sys
import time
from os import getenv

import adafruit_connection_manager
import adafruit_minimqtt.adafruit_minimqtt as MQTT
import board
import busio
import neopixel
from adafruit_esp32spi import adafruit_esp32spi
from digitalio import DigitalInOut

broker, port, security = sys.argv[1:]
status_pixel = neopixel.NeoPixel(board.NEOPIXEL, 1, brightness=0.2)
spi = busio.SPI(board.SCK, board.MOSI, board.MISO)
esp = adafruit_esp32spi.ESP_SPIcontrol(
    spi, DigitalInOut(board.ESP_CS), DigitalInOut(board.ESP_BUSY), DigitalInOut(board.ESP_RESET))
esp.connect_AP(getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))
status_pixel[0] = (0, 0, 255)

received = []


def on_message(client, topic, message):
    received.append((topic, message))


client = MQTT.MQTT(
    broker=broker, port=int(port), is_ssl=security == "tls", keep_alive=60,
    socket_pool=adafruit_connection_manager.get_radio_socketpool(esp),
    ssl_context=adafruit_connection_manager.get_radio_ssl_context(esp))
client.on_message = on_message
client.connect()
client.subscribe("nina/+", qos=1)
for number in range(5):
    client.publish("nina/words", "word %d" % number + "." * 300 * number)
client.publish("nina/last", "end", qos=1)
deadline = time.monotonic() + 20
while ("nina/last", "end") not in received and time.monotonic() < deadline:
    client.loop(1)
for topic, message in received:
    print(topic, message[:6], len(message))
client.ping()
client.disconnect()
