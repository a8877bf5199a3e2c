"""A program for a board with an AirLift: Adafruit's Wi-Fi manager fetches a page each half second, as its examples do.

Prints a line for each attempt: the seconds it took, and "ok" or the error. SIGTERM ends it.
"""

import sys
import time
from os import getenv

import board
import busio
from adafruit_esp32spi import adafruit_esp32spi
from adafruit_esp32spi.adafruit_esp32spi_wifimanager import WiFiManager
from digitalio import DigitalInOut

cs, ready, reset = DigitalInOut(board.D13), DigitalInOut(board.D11), DigitalInOut(board.D12)
esp = adafruit_esp32spi.ESP_SPIcontrol(busio.SPI(board.SCK, board.MOSI, board.MISO), cs, ready, reset)
wifi = WiFiManager(esp, getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))


def attempt():
    """Fetches the page, and asks for the time."""
    with wifi.get(sys.argv[1], timeout=5) as response:
        text = response.text
    try:
        now = esp.get_time()[0]
    except OSError as error:
        return f"ok, no time: {error}"
    return f"ok, {len(text)} bytes, " + ("no time" if now == 0 else "time known")


while True:
    start = time.monotonic()
    try:
        result = attempt()
    except Exception as error:  # whatever the manager lets through, as its examples catch it
        result = f"{type(error).__name__}: {error}"
    print(f"{time.monotonic() - start:.1f} {result}", flush=True)
    time.sleep(0.5)
