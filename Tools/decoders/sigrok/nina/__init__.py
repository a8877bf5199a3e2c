"""
The frames between a WiFiNINA host and its coprocessor, an ESP32 with nina-fw, over SPI.

A command takes two windows of chip select: the first has the command on MOSI, the second its reply on MISO. Stack this decoder on 'spi',
with its CS# channel: without chip select nothing tells where a window ends.
"""

from .pd import Decoder
