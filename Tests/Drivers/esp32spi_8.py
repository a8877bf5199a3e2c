"""ESP32SPI 8.4.3 and 9.0.4: their sockets have no accept(), so the server here uses the driver's own calls."""

import hashlib
import urllib.request
from importlib.metadata import version

import nina_link  # first: it makes the drivers importable
import adafruit_connection_manager
import adafruit_requests
from adafruit_esp32spi import adafruit_esp32spi

from support import (
    MEGABYTE, MEGABYTE_HASH, NETWORK, PASSPHRASE, Checks, curl, fails, in_parallel, udp_echo, until,
    web_server,
)


def make(board):
    return adafruit_esp32spi.ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)


checks = Checks("esp32spi " + version("adafruit-circuitpython-esp32spi"), make)
check = checks.check


@check("firmware version, scan, join, wrong passphrase")
def smoke(esp, profile):
    assert esp.firmware_version.count(".") == 2
    assert {network.ssid for network in esp.scan_networks()} == {"lab-net", "open-net"}
    fails(ConnectionError, lambda: esp.connect(NETWORK, "wrong-horse", timeout=1.5), "Failed to connect to ssid")
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected and esp.ap_info.ssid == NETWORK


@check("HTTP GET of 1 MB, POST", "--host", "files.example=127.0.0.1")
def http_get(esp, profile):
    esp.connect(NETWORK, PASSPHRASE)
    pool = adafruit_connection_manager.get_radio_socketpool(esp)
    session = adafruit_requests.Session(pool)
    with web_server() as port:
        response = session.get(f"http://files.example:{port}/megabyte", timeout=10)
        digest = hashlib.sha256()
        for piece in response.iter_content(4000):
            digest.update(piece)
        assert (response.status_code, digest.hexdigest()) == (200, MEGABYTE_HASH)
        response.close()
        data = MEGABYTE[:10_000]
        assert session.post(f"http://127.0.0.1:{port}/", data=data).content == data[::-1]


@check("UDP echo")
def udp(esp, profile):
    esp.connect(NETWORK, PASSPHRASE)
    pool = adafruit_connection_manager.get_radio_socketpool(esp)
    with udp_echo() as (port, _):
        datagrams = pool.socket(pool.AF_INET, pool.SOCK_DGRAM)
        datagrams.settimeout(3)
        for data in (b"one", MEGABYTE[:1400]):
            datagrams.sendto(data, ("127.0.0.1", port))
            buffer = bytearray(2000)
            count = datagrams.recv_into(buffer)
            assert bytes(buffer[:count]) == data, count


class DirectServer:
    """An HTTP server over the driver's own calls that answers any number of clients with the request's path."""

    def __init__(self, esp, port):
        self.esp = esp
        self.slot = esp.get_socket()
        esp.start_server(port, self.slot)
        assert esp.server_state(self.slot) == 1
        self.requests = {}

    def poll(self):
        # Some firmware reports a client only once: it takes the driver's padding for the accept flag.
        number = self.esp.socket_available(self.slot)
        if number != 255:
            self.requests.setdefault(number, b"")
            assert self.esp.get_remote_data(number)["ip_addr"][0] == 127
        for number in list(self.requests):
            self.requests[number] += self.esp.socket_read(number, 1000)
            if b"\r\n\r\n" in self.requests[number]:
                self.answer(number, self.requests.pop(number))

    def answer(self, number, request):
        body = request.split()[1]
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.esp.socket_write(number, head.encode() + body)
        self.esp.socket_close(number)


@check("HTTP server on the driver's calls, asked by curl, urllib and 8 clients at once")
def http_server(esp, profile):
    esp.connect(NETWORK, PASSPHRASE)
    server = DirectServer(esp, 18081)
    url = f"http://{esp.pretty_ip(esp.ip_address)}:18081"
    open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    results = in_parallel(1, lambda _: [curl(url + "/curl"), open_url(url + "/urllib", timeout=20).read()])
    until(lambda: results, 25, server.poll)
    assert results == [[b"/curl", b"/urllib"]], results
    results = in_parallel(8, lambda index: [curl(f"{url}/{index}-{turn}") for turn in range(4)])
    until(lambda: len(results) == 8, 40, server.poll)
    expected = [[f"/{index}-{turn}".encode() for turn in range(4)] for index in range(8)]
    assert sorted(map(str, results)) == sorted(map(str, expected)), results


@check("access point, disconnect, reset")
def radio(esp, profile):
    if profile == "adafruit-3.3.0":  # there is one, but the firmware reports its station
        fails(OSError, lambda: esp.create_AP("nina-ap", "long-enough"), "Unknown error 0xfe")
    else:
        esp.create_AP("nina-ap", "long-enough")
        assert esp.ap_listening
    esp.reset()
    esp.connect(NETWORK, PASSPHRASE)
    esp.disconnect()
    assert not esp.connected
    esp.reset()
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected


if __name__ == "__main__":
    checks.main()
