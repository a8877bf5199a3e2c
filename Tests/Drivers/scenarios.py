#!/usr/bin/env -S python3 -B
"""Tests/Drivers/scenarios.py NINA-EMULATOR [SCENARIO.json...]: what Adafruit's Wi-Fi manager does in each scenario of Protocol/scenarios.

The ten take about five minutes, with pauses ten times shorter. One line for each: whether the scenario passed, and what the
program met. Exit status 1 when a scenario failed.
"""

import collections
import contextlib
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from environments import PACKAGE, python_with

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent.parent / "Protocol" / "scenarios"
LIMIT = 200  # seconds; no scenario takes them
AFTER = 4  # seconds that the program goes on afterwards


class Page(http.server.BaseHTTPRequestHandler):
    """Sends a page."""

    def do_GET(self):
        body = b"x" * 3000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of connections that scenarios reset."""

    def handle_error(self, request, client_address):
        pass


class Emulator:
    """An emulator with a scenario, and the end of that as its log tells it."""

    def __init__(self, program, scenario, socket):
        self.process = subprocess.Popen(
            [program, "--socket", socket, "--scenario", scenario, "--scenario-speed", "10", "--host", "broker.example=127.0.0.1",
             "--end-with", str(os.getpid())],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.end = None
        self.ended = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            if "is over, all was as expected" in line:
                self.end = "passed"
            elif "expected" in line and "scenario '" in line:
                self.end = line[line.index("scenario '"):].strip()
            if self.end:
                self.ended.set()

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def play(emulator_program, python, scenario, port):
    """Runs the program until the scenario is over: its end, and the program's lines."""
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "nina.sock")
        emulator = Emulator(emulator_program, str(scenario), socket)
        program = subprocess.Popen(
            [python, "-m", "nina_link", str(HERE / "programs" / "manager.py"), f"http://broker.example:{port}/"],
            env={**os.environ, "NINA_SOCKET": socket, "NINA_TRANSPORT": "unix:" + socket, "PYTHONPATH": PACKAGE},
            cwd=HERE / "programs", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(program.stdout), daemon=True)
        reader.start()
        try:
            emulator.ended.wait(LIMIT)
            time.sleep(AFTER)
        finally:
            program.terminate()
            program.wait(10)
            reader.join(10)
            emulator.stop()
        return emulator.end or f"not over after {LIMIT} s", lines


def summary(lines):
    """Each kind of line with its number, and the longest attempt."""
    kinds = collections.Counter()
    longest = 0.0
    last = ""
    for line in lines:
        seconds, _, text = line.strip().partition(" ")
        try:
            longest = max(longest, float(seconds))
        except ValueError:
            text = line.strip()
        kinds[text] += 1
        last = text
    return kinds, longest, last


def main():
    emulator = sys.argv[1]
    scenarios = [pathlib.Path(name) for name in sys.argv[2:]] or sorted(FOLDER.glob("*.json"))
    python = python_with(HERE / "requirements.txt", HERE / "requirements-package.txt")
    server = Server(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = False
    for scenario in scenarios:
        end, lines = play(emulator, python, scenario, server.server_port)
        kinds, longest, last = summary(lines)
        recovered = last.startswith("ok")
        failed |= end != "passed" or not recovered
        print(f"{scenario.stem}: {end}; at the end {'it works' if recovered else last}; longest attempt {longest:.1f} s", flush=True)
        for text, count in kinds.items():
            print(f"    {count} x {text}", flush=True)
    sys.exit(1 if failed else 0)


main()
