"""ESP32SPI with its libraries: by the plug-in, and in unmodified programs that `python -m nina_link` runs.

All of it is run for each version of the driver, with Blinka installed and without.
"""

import importlib.util
import json
import os
import pathlib
import sys

import pytest
from adafruit_esp32spi import adafruit_esp32spi
from conftest import HERE
from support import certificate_file, curl, tls_context, web_server

VERSION = tuple(int(part) for part in adafruit_esp32spi.__version__.split("."))
TLS = ("--ca-file", certificate_file("ca.pem"), "--host", "good.example=127.0.0.1")
newest = pytest.mark.skipif(VERSION < (10,), reason="sockets of this driver have no accept()")
EXAMPLE = HERE.parents[2] / "Tools" / "adapters" / "python" / "examples" / "code.py"


def test_blinka_is_where_it_should_be():
    """The environment is what its name says."""
    assert bool(importlib.util.find_spec("adafruit_blinka")) == (os.environ["NINA_TEST_BLINKA"] == "yes")
    assert ("adafruit_blinka" in sys.modules) == (os.environ["NINA_TEST_BLINKA"] == "yes")


def test_the_driver_in_a_test(nina):
    board = nina.board()
    esp = adafruit_esp32spi.ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)
    assert {str(network.ssid) for network in esp.scan_networks()} == {"lab-net", "open-net"}
    esp.connect_AP("lab-net", "correct-horse")
    assert esp.pretty_ip(esp.ip_address) == nina.address
    assert esp.ping("127.0.0.1") < 1000


@pytest.mark.nina(*TLS)
def test_requests(start):
    with web_server() as plain, web_server(tls_context()) as secure:
        output = start("fetch.py", f"http://127.0.0.1:{plain}", f"https://good.example:{secure}").output()
    assert output == "200 True hello\n404\n" * 2


@pytest.mark.nina(*TLS)
@pytest.mark.parametrize("security", ["plain", "tls"])
def test_mqtt(start, broker, security):
    plain, secure = broker
    host, port = ("127.0.0.1", plain) if security == "plain" else ("good.example", secure)
    lines = start("mqtt.py", host, port, security).output().splitlines()
    assert lines == [*(f"nina/words word {number} {6 + 300 * number}" for number in range(5)), "nina/last end 3"]


def test_a_certificate_that_is_not_trusted(start, broker):
    """Without the authority the emulator refuses the broker, and the program fails as it would on a board."""
    program = start("mqtt.py", "127.0.0.1", broker[1], "tls")
    program.process.communicate(timeout=60)
    assert program.process.returncode == 1


@newest
def test_the_web_site_of_a_program(start):
    url = start("server.py").process.stdout.readline().strip()
    assert b"It works" in curl(url + "/")
    assert json.loads(curl(url + "/count"))["count"] == 1
    sys.path.insert(0, str(HERE.parents[1] / "Browser"))
    from browser import check_page

    report = check_page(url + "/", min_pictures=1, timeout=60, expect_text="visit 2")
    assert report["ok"], report["checks"]


@newest
def test_the_example_of_the_package(nina, start, monkeypatch):
    with web_server() as port:
        monkeypatch.setenv("URL", f"http://127.0.0.1:{port}/hello")
        assert start(EXAMPLE).output() == "hello\n\n"
    lines = [line for line in EXAMPLE.read_text().splitlines() if line.strip()]
    assert len(lines) <= 10 and pathlib.Path(EXAMPLE.parent, "settings.toml").exists()
