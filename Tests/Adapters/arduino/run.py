"""Compiles sketches by nina sketch and runs them, two at a time; prints one line per check."""

import concurrent.futures
import http.server
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request

import ends  # its checks, and those of the link
import link_checks
from device import Failure
from place import API, CHECKOUT, CHECKS, COPROCESSOR, EXAMPLES, GREETING, HERE, LIMIT, Place, check, expect


@check
def version_of_the_firmware(place):
    result = place.sketch(*API, *COPROCESSOR, "--firmware", "arduino-1.4.8", str(HERE / "sketches/Version"))
    expect(result[:2] == (0, "firmware 1.4.8\n"), *result)


@check
def example_with_nothing_else(place):
    trace = str(place.path / "trace.jsonl")
    result = place.sketch(*API, "--firmware", "arduino-1.4.8", "--trace", trace, str(EXAMPLES / "Module"))
    lines = result[1].splitlines()
    expect(result[0] == 0 and len(lines) == 2 and lines[0] == "firmware 1.4.8", *result)
    expect(re.fullmatch("address (?:[0-9A-F]{2}:){5}[0-9A-F]{2}", lines[1]), *result)
    expect("clocked" not in result[2], *result)
    # An example has no fault itself.
    lint = subprocess.run([place.nina, "decode", "--strict", trace], capture_output=True, text=True, timeout=LIMIT)
    expect((lint.returncode, lint.stdout) == (0, ""), lint)


@check
def request_as_a_client(place):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"you asked for {self.path}\n".encode())

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        result = place.sketch(
            *API, *COPROCESSOR, "--delay-cap", "20", "--timeout", "60", str(HERE / "sketches/WebClient/WebClient.ino"),
            text=f"{server.server_port}\n")
        server.shutdown()
    expect(result[0] == 0 and result[1].endswith("you asked for /page\n\nend of the reply\n"), *result)


@check
def server_with_two_tabs(place):
    with place.start(
        *API, *COPROCESSOR, "--delay-cap", "20", "--timeout", "60", str(HERE / "sketches/WebServer")) as process:
        line = process.stdout.readline()
        answers = []
        # The emulator has chosen the address.
        if line.startswith("listening on "):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            answers = [opener.open(f"http://{line.split()[-1]}:8080/", timeout=30).read() for _ in range(2)]
        output, errors = process.communicate(timeout=LIMIT)
    expect(answers == [b"Hello from a sketch\n"] * 2, line, answers, errors)
    expect(process.returncode == 0, process.returncode, output, errors)


@check
def misuses_of_stock_sketches(place):
    program = place.path / "misuses"
    result = place.sketch(
        *API, *COPROCESSOR, *GREETING, "--output", str(program), str(HERE / "sketches/Misuses"),
        NINA_SHARE=str(CHECKOUT / "Tools/adapters"))
    expect(result[:2] == (0, ""), *result)
    bits = "64" if "long has 64 bits" in result[2] else "32"
    run = subprocess.run(
        [place.nina, "run", "--timeout", "60", "--", program], env=place.environment | {"NINA_DELAY_CAP": "5"},
        capture_output=True, text=True, timeout=LIMIT)
    lines = [
        "greetings from a folder", f"long has {bits} bits", "42", "4", "5", "-42", "  2.50", "undriven is high", "the latch is driven",
        "an hour has passed",
    ]
    expect((run.returncode, run.stdout.splitlines()) == (0, lines), run.returncode, run.stdout, run.stderr)
    # Without an emulator there is one sentence.
    alone = subprocess.run([program], env=place.environment, capture_output=True, text=True, timeout=LIMIT)
    expect(alone.returncode == 3 and alone.stderr.count("\n") == 1 and "NINA_SOCKET" in alone.stderr, alone)
    nowhere = subprocess.run(
        [program], env=place.environment | {"NINA_SOCKET": "/nowhere"}, capture_output=True, text=True, timeout=LIMIT)
    expect(nowhere.returncode == 3 and nowhere.stderr.count("\n") == 1 and "/nowhere" in nowhere.stderr, nowhere)
    pins = subprocess.run(
        [program], env=place.environment | {"NINA_PINS": "1,2,3"}, capture_output=True, text=True, timeout=LIMIT)
    expect(pins.returncode == 2 and "NINA_PINS" in pins.stderr, pins)


@check
def plug_in_for_epoxyduino(place):
    """The plug-in over a stand-in with EpoxyDuino's declarations."""
    epoxy, library = CHECKOUT / "Tools/adapters/arduino/epoxy", HERE / "libraries/Coprocessor/src"
    program = place.path / "epoxy"
    build = subprocess.run(
        ["g++", "-O0", "-std=gnu++11", "-Wall", "-Wextra", "-Werror", "-DEPOXY_DUINO", "-DEPOXY_CORE_ESP8266",
         "-include", epoxy / "nina_epoxy.h", f"-I{HERE / 'epoxy'}", f"-I{epoxy}", f"-I{library}",
         *(HERE / "epoxy").glob("*.cpp"), library / "Coprocessor.cpp", epoxy / "nina_epoxy.cpp",
         *(epoxy / "link-options.txt").read_text().split(), "-o", program],
        capture_output=True, text=True, timeout=LIMIT)
    expect(build.returncode == 0, build.stderr)
    run = subprocess.run(
        [place.nina, "run", "--firmware", "arduino-1.4.8", "--timeout", "60", "--", program], env=place.environment,
        capture_output=True, text=True, timeout=LIMIT)
    expect((run.returncode, run.stdout) == (0, "firmware 1.4.8\n"), run.returncode, run.stdout, run.stderr)


def attempt(function, nina):
    """Nothing or what has failed."""
    with tempfile.TemporaryDirectory(prefix="nina-arduino-") as folder:
        place = Place(nina, pathlib.Path(folder))
        try:
            function(place)
            left = list(place.temporary.iterdir())
            # A process that was killed leaves the end to its copy.
            for _ in range(100):
                if not left:
                    break
                threading.Event().wait(0.1)
                left = list(place.temporary.iterdir())
            expect(not left, "files are left", left)
        except (Failure, OSError, subprocess.SubprocessError) as error:
            return str(error) or repr(error)


def main(arguments):
    if len(arguments) != 1 or not (pathlib.Path(arguments[0]) / "nina").is_file():
        print("run: expected the folder that has nina and nina-emulator, such as .build/debug", file=sys.stderr)
        return 2
    nina = str(pathlib.Path(arguments[0]).resolve() / "nina")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda function: attempt(function, nina), CHECKS))
    for function, failure in zip(CHECKS, results):
        print(f"{'FAILED' if failure else 'passed'}: {function.__name__.replace('_', ' ')}" + (f"\n{failure}" if failure else ""))
    return 1 if any(results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
