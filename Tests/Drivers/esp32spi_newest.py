"""The newest ESP32SPI with its requests, connection manager and HTTP server: everything the driver offers."""

import errno
import hashlib
import socket
import time
import urllib.request

import nina_link  # first: it makes the drivers importable
import adafruit_connection_manager
import adafruit_requests
from adafruit_esp32spi import adafruit_esp32spi
from adafruit_esp32spi.adafruit_esp32spi_wifimanager import WiFiManager
from adafruit_esp32spi.digitalio import DigitalInOut, Direction
from adafruit_httpserver import Request, Response, Server

from support import (
    MEGABYTE, MEGABYTE_HASH, NETWORK, PASSPHRASE, Checks, certificate_file, curl, fails, in_parallel,
    tls_context, udp_echo, until, web_server,
)


def make(board):
    return adafruit_esp32spi.ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)


checks = Checks("esp32spi 11.1.4", make)
check = checks.check


def joined(esp):
    """The driver's socket pool, after a join."""
    esp.connect(NETWORK, PASSPHRASE)
    return adafruit_connection_manager.get_radio_socketpool(esp)


@check("firmware version, status, MAC address")
def identity(esp, profile):
    version = esp.firmware_version
    assert version.count(".") == 2 and len(version) <= 5, version
    if profile == "modern":
        assert version == "3.5.0", version
    assert esp.status in (0, 255), esp.status
    assert not esp.connected
    mac = esp.mac_address
    if profile == "adafruit-3.3.0":  # reports it in transmission order, which the driver does not expect
        mac = bytes(reversed(mac))
    assert len(mac) == 6 and mac[0] & 1 == 0 and any(mac), mac.hex()


@check("scan", "--network", "one,passphrase=*,channel=6,rssi=-52", "--network", "two,channel=11,rssi=-70")
def scan(esp, profile):
    found = {network.ssid: network for network in esp.scan_networks()}
    assert set(found) == {"one", "two"}, set(found)
    # This firmware reports the numbers of its own library: 3 and 0.
    modes = ("UNKNOWN", "UNKNOWN") if profile == "adafruit-3.3.0" else ("WPA2", "OPEN")
    assert (found["one"].rssi, found["one"].channel, found["one"].authmode) == (-52, 6, modes[0])
    assert (found["two"].rssi, found["two"].channel, found["two"].authmode) == (-70, 11, modes[1])
    assert len(found["one"].bssid) == 6 and found["one"].bssid != found["two"].bssid


@check("join, address, network information, time", "--network",
       f"{NETWORK},passphrase={PASSPHRASE},channel=6,rssi=-52,bssid=02:00:00:AA:BB:01")
def join(esp, profile):
    esp.set_hostname("driver-test")
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected and esp.status == adafruit_esp32spi.WL_CONNECTED
    address = esp.ipv4_address
    socket.inet_aton(address)
    assert address != "0.0.0.0" and any(esp.network_data["netmask"])
    network = esp.ap_info
    assert (network.ssid, network.rssi, network.authmode) == (NETWORK, -52, "WPA2"), (network.ssid, network.rssi)
    assert sorted(network.bssid) == sorted(bytes.fromhex("020000AABB01")), network.bssid
    assert abs(esp.get_time()[0] - time.time()) < 5


@check("join of an open network")
def join_open(esp, profile):
    esp.connect("open-net")
    assert esp.ap_info.ssid == "open-net" and esp.ap_info.authmode == "OPEN"


@check("wrong passphrase, then the right one")
def wrong_passphrase(esp, profile):
    fails(ConnectionError, lambda: esp.connect(NETWORK, "wrong-horse", timeout=1.5), "Failed to connect to ssid")
    assert not esp.connected
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected


@check("unknown network, then a known one")
def unknown_network(esp, profile):
    # The firmware reports status 4 here as well, so the driver does not say "No such ssid".
    fails(ConnectionError, lambda: esp.connect("no-such-net", PASSPHRASE, timeout=1.5), "Failed to connect to ssid")
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected


@check("enterprise network", "--network", "campus,user=ann,password=secret", "--network", f"{NETWORK},passphrase={PASSPHRASE}")
def enterprise(esp, profile):
    if not profile.startswith("adafruit"):  # there these opcodes are Bluetooth commands
        try:
            esp.wifi_set_entidentity(b"anonymous")
        except OSError:
            pass
        assert not esp.connected and esp.firmware_version
        return
    for password in ("wrong", "secret"):
        # The order of the driver's connect_enterprise(), which sets the network first and then waits without a limit.
        esp.wifi_set_network(b"campus")
        esp.wifi_set_entidentity(b"anonymous")
        esp.wifi_set_entusername(b"ann")
        esp.wifi_set_entpassword(password.encode())
        esp.wifi_set_entenable()
        time.sleep(0.5)
        assert esp.connected == (password == "secret"), password
    assert esp.ap_info.ssid == "campus"
    esp.reset()
    manager = WiFiManager(esp, "campus", "secret", enterprise_ident="anonymous", enterprise_user="ann",
                          connection_type=WiFiManager.ENTERPRISE)
    manager.connect()
    assert esp.connected


@check("static address and DNS servers")
def static_address(esp, profile):
    esp.set_ip_config("192.168.7.7", "192.168.7.1")
    esp.set_dns_config("192.168.7.1", "8.8.8.8")
    esp.connect(NETWORK, PASSPHRASE)
    data = {key: esp.pretty_ip(value) for key, value in esp.network_data.items()}
    assert data == {"ip_addr": "192.168.7.7", "netmask": "255.255.255.0", "gateway": "192.168.7.1"}, data


@check("look-up", "--host", "printer.example=10.1.2.3")
def look_up(esp, profile):
    joined(esp)
    assert esp.pretty_ip(esp.get_host_by_name("printer.example")) == "10.1.2.3"
    assert esp.pretty_ip(esp.get_host_by_name("localhost")).startswith("127.")
    assert esp.pretty_ip(esp.get_host_by_name("192.0.2.9")) == "192.0.2.9"
    fails(ConnectionError, lambda: esp.get_host_by_name("no-such-name.invalid"), "Failed to request hostname")


@check("HTTP GET of 1 MB, by address and by name; POST; 404", "--host", "files.example=127.0.0.1")
def http_get(esp, profile):
    pool = joined(esp)
    session = adafruit_requests.Session(pool)
    with web_server() as port:
        for host in ("127.0.0.1", "files.example"):
            response = session.get(f"http://{host}:{port}/megabyte", timeout=10)
            digest, size = hashlib.sha256(), 0
            for piece in response.iter_content(4000):
                digest.update(piece)
                size += len(piece)
            assert (response.status_code, size) == (200, len(MEGABYTE)), (response.status_code, size)
            assert digest.hexdigest() == MEGABYTE_HASH
            response.close()
        assert session.get(f"http://127.0.0.1:{port}/hello").text == "hello\n"
        data = MEGABYTE[:10_000]
        assert session.post(f"http://127.0.0.1:{port}/", data=data).content == data[::-1]
        assert session.get(f"http://127.0.0.1:{port}/other").status_code == 404


TLS_OPTIONS = (
    "--ca-file", certificate_file("ca.pem"), "--host", "good.example=127.0.0.1", "--host", "other.example=127.0.0.1")


def secure_session(esp):
    pool = joined(esp)
    return adafruit_requests.Session(pool, adafruit_connection_manager.get_radio_ssl_context(esp))


@check("HTTPS GET of 1 MB, POST, 404", *TLS_OPTIONS)
def https_get(esp, profile):
    session = secure_session(esp)
    with web_server(tls_context()) as port:
        url = f"https://good.example:{port}"
        response = session.get(url + "/megabyte", timeout=10)
        digest, size = hashlib.sha256(), 0
        for piece in response.iter_content(4000):
            digest.update(piece)
            size += len(piece)
        assert (response.status_code, size) == (200, len(MEGABYTE)), (response.status_code, size)
        assert digest.hexdigest() == MEGABYTE_HASH
        response.close()
        assert session.get(url + "/hello").text == "hello\n"
        data = MEGABYTE[:10_000]
        assert session.post(url + "/", data=data).content == data[::-1]
        assert session.get(url + "/other").status_code == 404


@check("HTTPS of servers that cannot be trusted", *TLS_OPTIONS)
def https_refused(esp, profile):
    session = secure_session(esp)
    for certificate, host in (("good", "other.example"), ("expired", "good.example"), ("foreign", "good.example")):
        with web_server(tls_context(certificate)) as port:
            fails((OSError, RuntimeError), lambda: session.get(f"https://{host}:{port}/hello", timeout=5))
    with web_server(tls_context()) as port:
        assert session.get(f"https://good.example:{port}/hello").text == "hello\n"


@check("HTTPS with a client certificate", *TLS_OPTIONS)
def https_client_certificate(esp, profile):
    if not profile.startswith("adafruit"):  # there these opcodes are SET_ENT, and unused
        return
    with web_server(tls_context(client_authority="ca")) as port:
        url = f"https://good.example:{port}/hello"
        session = secure_session(esp)
        fails((OSError, RuntimeError), lambda: session.get(url, timeout=5))
        esp.reset()
        # What set_certificate() and set_private_key() would send; both fail earlier, by searching bytes for a str.
        for command, name in ((0x40, "client.pem"), (0x41, "client.key")):
            with open(certificate_file(name), "rb") as file:
                assert esp._send_command_get_response(command, (file.read(),))[0][0] == 1
        assert secure_session(esp).get(url).text == "hello\n"


@check("HTTP GET through the Wi-Fi manager")
def wifi_manager(esp, profile):
    manager = WiFiManager(esp, NETWORK, PASSPHRASE)
    with web_server() as port:
        assert manager.get(f"http://127.0.0.1:{port}/hello").text == "hello\n"
    assert manager.ip_address() == esp.ipv4_address


@check("refused connection")
def refused(esp, profile):
    pool = joined(esp)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        connection = pool.socket(pool.AF_INET, pool.SOCK_STREAM)
        fails((ConnectionError, TimeoutError, BrokenPipeError),
              lambda: connection.connect(("127.0.0.1", other.getsockname()[1])))
        connection.close()
    with web_server() as port:
        assert adafruit_requests.Session(pool).get(f"http://127.0.0.1:{port}/hello").text == "hello\n"


@check("a peer that closes, and one that waits for ours")
def closing(esp, profile):
    pool = joined(esp)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        connection = pool.socket(pool.AF_INET, pool.SOCK_STREAM)
        connection.settimeout(2)
        connection.connect(listener.getsockname())
        peer, _ = listener.accept()
        peer.sendall(b"last words")
        peer.close()
        time.sleep(0.05)
        buffer = bytearray(64)
        assert connection.recv_into(buffer) == 10 and buffer[:10] == b"last words"
        until(lambda: not connection._connected(), 5)

        connection = pool.socket(pool.AF_INET, pool.SOCK_STREAM)
        connection.connect(listener.getsockname())
        peer, _ = listener.accept()
        peer.settimeout(5)
        connection.send(b"bye")
        connection.close()
        assert peer.recv(16) == b"bye" and peer.recv(16) == b""
        peer.close()
        connection = pool.socket(pool.AF_INET, pool.SOCK_STREAM)
        connection.settimeout(0.2)
        connection.connect(listener.getsockname())
        error = fails(OSError, lambda: connection.recv(1))
        assert error.errno == errno.ETIMEDOUT


def serve(esp, answers=b"", port=18080):
    """An HTTP server on the chip: /hello, /megabyte's first 100,000 bytes, /echo (POST)."""
    server = Server(joined(esp))

    @server.route("/hello")
    def hello(request: Request):
        return Response(request, "hello " + request.query_params.get("name", "nobody"))

    @server.route("/large")
    def large(request: Request):
        return Response(request, "0123456789" * 10_000)

    @server.route("/echo", "POST")
    def echo(request: Request):
        return Response(request, request.body)

    server.start(esp.ipv4_address, port)
    return server, f"http://{esp.ipv4_address}:{port}"


@check("HTTP server, asked by curl and by urllib")
def http_server(esp, profile):
    server, url = serve(esp)
    open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    for work, answer in (
        (lambda _: curl(url + "/hello?name=curl"), b"hello curl"),
        (lambda _: curl(url + "/large"), b"0123456789" * 10_000),
        (lambda _: curl("--data-binary", "x" * 5000, url + "/echo"), b"x" * 5000),
        (lambda _: curl("--output", "/dev/null", "--write-out", "%{http_code}", url + "/none"), b"404"),
        (lambda _: open_url(url + "/hello?name=urllib", timeout=20).read(), b"hello urllib"),
        (lambda _: open_url(url + "/large", timeout=20).read(), b"0123456789" * 10_000),
    ):
        results = in_parallel(1, work)
        until(lambda: results, 25, server.poll)
        assert results == [answer], results
    server.stop()
    if profile == "modern":  # the driver stops polling, and leaves the port open
        fails(OSError, lambda: socket.create_connection((esp.ipv4_address, 18080), 2))


@check("HTTP server, asked by 8 clients at once")
def http_server_parallel(esp, profile):
    server, url = serve(esp)

    def ask(index):
        return [curl(f"{url}/hello?name={index}-{turn}") for turn in range(4)]

    results = in_parallel(8, ask)
    until(lambda: len(results) == 8, 40, server.poll)
    expected = [[f"hello {index}-{turn}".encode() for turn in range(4)] for index in range(8)]
    assert sorted(map(str, results)) == sorted(map(str, expected)), results
    server.stop()


@check("a request as a client after the server's stop()")
def request_after_stop(esp, profile):
    server, url = serve(esp)
    results = in_parallel(1, lambda _: curl(url + "/hello?name=curl"))
    until(lambda: results, 25, server.poll)
    assert results == [b"hello curl"], results
    server.stop()
    with web_server() as port:
        session = adafruit_requests.Session(joined(esp))
        url = f"http://127.0.0.1:{port}/hello"
        if profile == "adafruit-1.7.7":
            # As users reported: the slot's old server comes first, and SEND_DATA on the new connection answers 0.
            error = fails(adafruit_requests.OutOfRetries, lambda: session.get(url))
            assert "(sent 0)" in str(error.__cause__), repr(error.__cause__)
            return
        with session.get(url) as response:
            assert response.text == "hello\n", response.text


@check("UDP echo")
def udp(esp, profile):
    pool = joined(esp)
    with udp_echo() as (port, seen):
        datagrams = pool.socket(pool.AF_INET, pool.SOCK_DGRAM)
        datagrams.settimeout(3)
        datagrams.connect(("127.0.0.1", port))
        # Other firmware repeats a datagram unless the next one starts with its own START_CLIENT.
        sizes = [1, 63, 65, 1400, 1460] if profile in ("modern", "adafruit-3.3.0") else [1400]
        if profile == "modern":
            sizes += [64, 128, 1471, 1472]
        for size in sizes:
            data = MEGABYTE[size : 2 * size]
            datagrams.send(data)
            buffer = bytearray(2000)
            count = datagrams.recv_into(buffer)
            assert bytes(buffer[:count]) == data, (size, count)
        assert [len(data) for data in seen] == sizes, [len(data) for data in seen]
        if profile != "modern":
            # At multiples of 64 the driver adds an empty piece, which the firmware refuses.
            fails(ConnectionError, lambda: datagrams.send(bytes(64)), "Failed to write 2 chunks (sent 1)")
        if profile == "modern":  # elsewhere the second START_SERVER on a port fails
            datagrams.sendto(b"after that", ("127.0.0.1", port))
            assert datagrams.recv(64)[:10] == b"after that"
        datagrams.close()


@check("ping")
def ping(esp, profile):
    joined(esp)
    assert esp.ping("127.0.0.1") < 1000


@check("all sockets, then none left, then all again")
def slots(esp, profile):
    joined(esp)
    with socket.create_server(("127.0.0.1", 0), backlog=32) as listener:
        port = listener.getsockname()[1]
        for _ in range(2):
            used = []
            while True:
                try:
                    number = esp.get_socket()
                except OSError as error:
                    assert error.args[0] == 23, error
                    break
                esp.socket_connect(number, b"\x7f\x00\x00\x01", port)
                used.append(number)
                assert len(used) <= 64
            assert len(used) == len(set(used)) >= 4, used
            for number in used:
                esp.socket_close(number)
                assert esp.socket_status(number) == adafruit_esp32spi.SOCKET_CLOSED


def reads_pins(esp):
    """The driver checks only the third character of the version, so it refuses 2.0.0 and 3.3.0."""
    return int(esp.firmware_version[2]) >= 5


@check("digital pins")
def digital_pins(esp, profile):
    led = DigitalInOut(esp, 26)
    led.direction = Direction.OUTPUT
    led.value = True
    led.value = False
    esp.set_pin_mode(27, 1)
    esp.set_digital_write(27, True)
    esp.set_analog_write(25, 0.5)
    esp.set_pin_mode(33, 0)
    if not reads_pins(esp):
        fails(AssertionError, lambda: esp.set_digital_read(33))
    else:
        assert esp.set_digital_read(33) is False
        esp.set_pin_mode(33, 2)
        assert esp.set_digital_read(33) is True


@check("analog read")
def analog_read(esp, profile):
    if not reads_pins(esp):
        fails(AssertionError, lambda: esp.set_analog_read(34))
        return
    for pin in (32, 34, 39):
        value = esp.set_analog_read(pin)
        assert 0 <= value < 65536 and value % 16 == 0, value


@check("access point, with and without passphrase")
def access_point(esp, profile):
    if profile == "adafruit-3.3.0":  # there is one, but the firmware reports its station
        fails(OSError, lambda: esp.create_AP("nina-ap", "long-enough", channel=6), "Unknown error 0xfe")
        assert esp.status == 254, esp.status
        return
    esp.create_AP("nina-ap", "long-enough", channel=6)
    assert esp.ap_listening and esp.status == adafruit_esp32spi.WL_AP_LISTENING
    assert esp.ipv4_address != "0.0.0.0"
    assert esp.ap_info is None
    fails(OSError, esp.get_time, "AP mode")
    esp.disconnect()
    esp.create_AP("nina-open", None)
    assert esp.ap_listening


@check("disconnect, and a join afterwards")
def disconnect(esp, profile):
    joined(esp)
    esp.disconnect()
    assert not esp.connected
    assert esp.status in (adafruit_esp32spi.WL_IDLE_STATUS, adafruit_esp32spi.WL_DISCONNECTED), esp.status
    fails(OSError, esp.get_time)
    esp.connect(NETWORK, PASSPHRASE)
    assert esp.connected


@check("reset")
def reset(esp, profile):
    server, url = serve(esp)
    results = in_parallel(1, lambda _: curl(url + "/hello"))
    until(lambda: results, 25, server.poll)
    address, mac = (esp.ipv4_address, 18080), esp.mac_address
    client = socket.create_connection(address, 2)
    client.settimeout(5)
    esp.reset()
    try:
        assert client.recv(1) == b""
    except ConnectionResetError:
        pass
    fails(OSError, lambda: socket.create_connection(address, 2))
    assert esp.status in (0, 255), esp.status
    assert esp.mac_address == mac
    for _ in range(2):
        esp.reset()
    joined(esp)
    assert esp.connected


@check("debug output of the driver")
def debug_output(esp, profile):
    import contextlib
    import io

    esp._debug = 3
    with contextlib.redirect_stdout(io.StringIO()) as output:
        joined(esp)
        esp.scan_networks()
    assert "Read" in output.getvalue()


if __name__ == "__main__":
    checks.main()
