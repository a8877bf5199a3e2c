"""Shared by the checks of every driver: external servers, and the list of checks, each with an emulator."""

import contextlib
import functools
import hashlib
import http.server
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import hostile
from nina_link import Emulator

MEGABYTE = random.Random(1).randbytes(1_000_000)
MEGABYTE_HASH = hashlib.sha256(MEGABYTE).hexdigest()
NETWORK, PASSPHRASE = "lab-net", "correct-horse"


class _WebServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that disconnects is not reported."""


class _Files(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = MEGABYTE if self.path == "/megabyte" else b"hello\n" if self.path == "/hello" else b"nothing here\n"
        self._answer(404 if body.startswith(b"nothing") else 200, body)

    def do_POST(self):
        self._answer(200, self.rfile.read(int(self.headers["Content-Length"]))[::-1])

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@functools.cache
def _certificates():
    folder = tempfile.TemporaryDirectory(prefix="nina-certificates-")
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Peers", "make_certificates")
    subprocess.run([program, folder.name], check=True, timeout=60)
    return folder  # removed when the process ends


def certificate_file(name):
    """The path of a file of Tests/Peers/make_certificates."""
    return os.path.join(_certificates().name, name)


def tls_context(certificate="good", client_authority=None):
    """The TLS context of a server on 127.0.0.1: its certificate, and the authority of client certificates, if required."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file(certificate + ".pem"), certificate_file(certificate + ".key"))
    if client_authority:
        context.load_verify_locations(certificate_file(client_authority + ".pem"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextlib.contextmanager
def web_server(context=None):
    """The port of a web server on 127.0.0.1, with TLS where a context is given: /megabyte, /hello, and POST returns its
    body reversed."""
    server = _WebServer(("127.0.0.1", 0), _Files)
    if context:
        # The handshake runs in the connection's own thread.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def udp_echo():
    """The port of a UDP echo server on 127.0.0.1, and the list of received datagrams."""
    echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    echo.bind(("127.0.0.1", 0))
    seen = []

    def serve():
        with contextlib.suppress(OSError):
            while True:
                data, sender = echo.recvfrom(4096)
                if data == b"stop":
                    return
                seen.append(data)
                echo.sendto(data, sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield echo.getsockname()[1], seen
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"stop", echo.getsockname())
        thread.join(5)
        echo.close()


def in_parallel(count, work):
    """Starts `work(0)`, `work(1)`, ... in threads; returns a list that receives their results or errors."""
    results = []

    def run(index):
        try:
            results.append(work(index))
        except BaseException as error:
            results.append(error)

    for index in range(count):
        threading.Thread(target=run, args=(index,), daemon=True).start()
    return results


def until(condition, seconds=10, step=None):
    """Calls `step` until `condition()` is true; fails on time-out."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        if step:
            step()
        else:
            time.sleep(0.01)


def curl(*arguments):
    """The output of curl, which must end within 20 seconds."""
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *arguments],
        check=True, capture_output=True,
    ).stdout


def fails(kind, call, containing=""):
    """Checks that the call raises this."""
    try:
        call()
    except kind as error:
        assert containing in str(error), f"{error!r} does not contain {containing!r}"
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


class Checks:
    """The checks of one driver, each with its own emulator and driver object."""

    def __init__(self, name, make):
        self.name = name
        self._make = make
        self._checks = []

    def check(self, title, *options):
        def add(function):
            self._checks.append((title, options, function))
            return function

        return add

    def main(self):
        """Arguments: the emulator, the profile, a substring of the titles to run, and the number of hostile frames
        before the driver. The exit status is the number of failures; 120: no such title."""
        program, profile, wanted, attacks = sys.argv[1:5]
        attacks = int(attacks)
        if not any(wanted in title for title, _, _ in self._checks):
            sys.exit(120)
        failures = 0
        for title, options, function in self._checks:
            if wanted not in title:
                continue
            begin = time.monotonic()
            emulator = None
            try:
                emulator = Emulator("--firmware", profile, *options, program=program)
                board = emulator.board()
                if attacks:
                    seed = int(os.environ.get("NINA_TEST_SEED") or random.randrange(1, 1_000_000_000))
                    resets = hostile.attack(board.link, attacks, seed)
                    print(f"       {attacks} hostile frames (NINA_TEST_SEED={seed}), {resets} ended by RESET", flush=True)
                function(self._make(board), profile)
                problem = "".join(emulator.violations)
            except BaseException:
                problem = traceback.format_exc()
            log = emulator.log if emulator else ""
            status = emulator.stop() if emulator else 0
            if status and not problem:
                problem = f"the emulator ended with status {status}"
            seconds = time.monotonic() - begin
            print(f"{'FAILED' if problem else 'ok    '} {self.name} {profile}: {title} ({seconds:.1f} s)", flush=True)
            if problem:
                failures += 1
                print("    " + problem.strip().replace("\n", "\n    "))
                print("    the last lines of the emulator's log:")
                print("    | " + "\n    | ".join(log.strip().splitlines()[-12:]), flush=True)
        sys.exit(min(failures, 100))
