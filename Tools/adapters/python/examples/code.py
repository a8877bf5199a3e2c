from os import getenv
import adafruit_connection_manager, adafruit_requests, board
from adafruit_esp32spi import adafruit_esp32spi
from digitalio import DigitalInOut

esp = adafruit_esp32spi.ESP_SPIcontrol(
    board.SPI(), DigitalInOut(board.ESP_CS), DigitalInOut(board.ESP_BUSY), DigitalInOut(board.ESP_RESET))
esp.connect(getenv("CIRCUITPY_WIFI_SSID"), getenv("CIRCUITPY_WIFI_PASSWORD"))
requests = adafruit_requests.Session(adafruit_connection_manager.get_radio_socketpool(esp))
with requests.get(getenv("URL", "http://127.0.0.1:8000/")) as response:
    print(response.text)
