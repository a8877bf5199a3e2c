"""ESP32SPI 3.5.9: its own socket and web server modules, and its contemporary requests module."""

import hashlib
import io
import types
import urllib.request

import nina_link  # first: it makes the drivers importable
import adafruit_requests
from adafruit_esp32spi import adafruit_esp32spi, adafruit_esp32spi_socket, adafruit_esp32spi_wsgiserver

from support import (
    MEGABYTE, MEGABYTE_HASH, NETWORK, PASSPHRASE, Checks, curl, fails, in_parallel, until, web_server,
)

# CircuitPython's io.StringIO also accepts bytes.
adafruit_esp32spi_wsgiserver.io = types.SimpleNamespace(
    StringIO=lambda text: io.StringIO(text if isinstance(text, str) else str(text, "utf-8")))
adafruit_esp32spi_wsgiserver.print = lambda *arguments: None


def make(board):
    return adafruit_esp32spi.ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)


checks = Checks("esp32spi 3.5.9", make)
check = checks.check


@check("firmware version, scan, join, wrong passphrase")
def smoke(esp, profile):
    assert esp.firmware_version.count(b".") == 2
    assert {bytes(network["ssid"]) for network in esp.scan_networks()} == {b"lab-net", b"open-net"}
    fails(RuntimeError, lambda: esp.connect_AP(NETWORK, "wrong-horse", timeout_s=1.5), "Failed to connect to ssid")
    esp.connect_AP(NETWORK, PASSPHRASE)
    assert esp.is_connected and bytes(esp.ssid) == NETWORK.encode()


@check("HTTP GET of 1 MB, POST", "--host", "files.example=127.0.0.1")
def http_get(esp, profile):
    esp.connect_AP(NETWORK, PASSPHRASE)
    adafruit_requests.set_socket(adafruit_esp32spi_socket, esp)
    with web_server() as port:
        response = adafruit_requests.get(f"http://files.example:{port}/megabyte", stream=True)
        digest = hashlib.sha256()
        for piece in response.iter_content(4000):
            digest.update(piece)
        assert (response.status_code, digest.hexdigest()) == (200, MEGABYTE_HASH)
        response.close()
        data = "0123456789" * 1000
        response = adafruit_requests.post(f"http://127.0.0.1:{port}/", data=data)
        assert response.text == data[::-1]
        response.close()


@check("its web server module, asked by curl, urllib and 8 clients at once")
def http_server(esp, profile):
    esp.connect_AP(NETWORK, PASSPHRASE)

    def application(environ, start_response):
        start_response("200 OK", [("Connection", "close")])
        return [environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"]]

    adafruit_esp32spi_wsgiserver.set_interface(esp)
    server = adafruit_esp32spi_wsgiserver.WSGIServer(18082, application=application)
    server.start()
    url = f"http://{esp.pretty_ip(esp.ip_address)}:18082"
    open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    results = in_parallel(1, lambda _: [curl(url + "/curl"), open_url(url + "/urllib", timeout=20).read()])
    until(lambda: results, 25, server.update_poll)
    assert results == [[b"GET /curl", b"GET /urllib"]], results
    # 3.3.0 reports each client once, silent or not, and this driver drops a silent one when the next is reported.
    clients = 1 if profile == "adafruit-3.3.0" else 8
    results = in_parallel(clients, lambda index: [curl(f"{url}/{index}-{turn}") for turn in range(4)])
    until(lambda: len(results) == clients, 40, server.update_poll)
    expected = [[f"GET /{index}-{turn}".encode() for turn in range(4)] for index in range(clients)]
    assert sorted(map(str, results)) == sorted(map(str, expected)), results


@check("access point, disconnect, reset")
def radio(esp, profile):
    if profile == "adafruit-3.3.0":  # there is one, but the firmware reports its station
        fails(RuntimeError, lambda: esp.create_AP("nina-ap", "long-enough"), "Unknown error 0xfe")
    else:
        esp.create_AP("nina-ap", "long-enough")
        assert esp.ap_listening
    esp.reset()
    esp.connect_AP(NETWORK, PASSPHRASE)
    esp.disconnect()
    assert not esp.is_connected
    esp.reset()
    esp.connect_AP(NETWORK, PASSPHRASE)
    assert esp.is_connected


if __name__ == "__main__":
    checks.main()
