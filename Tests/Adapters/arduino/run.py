"""Compiles sketches by nina sketch and runs them, two at a time; prints one line per check."""

import concurrent.futures
import http.server
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request

import device
from device import Failure

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent.parent
COPROCESSOR = ["--library", str(HERE / "libraries/Coprocessor")]
GREETING = ["--library", str(HERE / "libraries/Greeting")]
API = ["--api", str(HERE / "api")]
# Seconds until a hang is a failure.
LIMIT = 120
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, *details):
    if not condition:
        raise Failure("\n".join(str(detail) for detail in details))


class Place:
    """A folder for the temporary files of one check, and the command in it."""

    def __init__(self, nina, path):
        self.nina, self.path = nina, path
        self.temporary = path / "tmp"
        self.temporary.mkdir()
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("NINA_") and key not in ("CXX", "XDG_RUNTIME_DIR")
        } | {"TMPDIR": str(self.temporary)}

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [self.nina, "sketch", *arguments], env=self.environment | environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def sketch(self, *arguments, text="", **environment):
        """Runs to the end: status, output, errors."""
        with self.start(*arguments, **environment) as process:
            try:
                output, errors = process.communicate(text, timeout=LIMIT)
            except subprocess.TimeoutExpired:
                process.terminate()
                raise Failure(f"nina sketch {' '.join(arguments)} did not end")
        return process.returncode, output, errors

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)


@check
def version_of_the_firmware(place):
    result = place.sketch(*API, *COPROCESSOR, "--firmware", "arduino-1.4.8", str(HERE / "sketches/Version"))
    expect(result[:2] == (0, "firmware 1.4.8\n"), *result)


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
def restart_and_pins_of_its_own(place):
    path = place.write("Again/Again.ino", """
#include <SPI.h>
enum { SELECT = 13, READY = 11, RESET = 12, EVENT = 10 };
void setup() {
  // The input survives the restart, unlike the memory.
  bool isSecond = Serial.read() < 0;
  SPI.begin();
  Serial.println(SPI.transfer(1));
  digitalWrite(SELECT, HIGH);
  pinMode(SELECT, OUTPUT);
  pinMode(RESET, OUTPUT);
  delay(10);
  Serial.println(digitalRead(READY) == HIGH ? "held in reset" : "not in reset");
  digitalWrite(RESET, HIGH);
  while (digitalRead(READY) == HIGH) delay(1);
  Serial.println("ready");
  if (isSecond) exit(7);
  NVIC_SystemReset();
}
void loop() {}
""")
    result = place.sketch(*API, "--timeout", "60", path, text="x", NINA_PINS="13,11,12,10")
    once = "255\nheld in reset\nready\n"
    expect(result[:2] == (7, once * 2), *result)


@check
def bytes_on_the_link(place):
    program = place.path / "program"
    result = place.sketch(*API, "--output", str(program), place.write("Wire/Wire.ino", device.SKETCH))
    expect(result[0] == 0, *result)
    status, output, errors, seen = device.run(program, device.whole, LIMIT)
    expect((status, output, seen) == (3, device.WHOLE_OUTPUT, device.WHOLE), status, output, errors, seen)
    expect("got type 90" in errors, errors)
    for script, word in [
        (device.wrong_greeting, "HELLO"), (device.closed, "closed the connection"), (device.silent, "within 5 s"),
        # Headers only: what is wrong is said before the payload has come.
        (device.sends(b"\x82\4\0\0"), "expected its HELLO"), (device.sends(b"\x81\0\0\6"), "expected its HELLO"),
        (device.sends(device.HELLO + b"\x81\0\0\5"), "expected QUEUED"),
        (device.sends(device.HELLO + b"\x83\1\0\1"), "expected an IRQ message of length 0"),
        (device.sends(device.HELLO + b"\x82\4\0\1"), "expected QUEUED of length 0"),
        (device.sends(device.HELLO + b"\x82\4\0\0\x82\4\0\0"), "expected no second QUEUED"),
    ]:
        status, output, errors, _ = device.run(program, script, LIMIT)
        expect((status, output) == (3, "") and word in errors and errors.count("\n") == 1, word, status, output, errors)


@check
def address_of_the_emulator(place):
    program = place.path / "program"
    result = place.sketch(*API, "--output", str(program), place.write("Wire/Wire.ino", device.SKETCH))
    expect(result[0] == 0, *result)
    own = os.geteuid()
    for name, end in [("s", ""), ("a,b", ""), ("a,uid=x,b", ""), ("s", ",uid=any"), ("a,b", f",uid={own}")]:
        status, output, errors, _ = device.run(program, device.closed, LIMIT, name=name, end=end)
        expect((status, output) == (3, "") and "closed the connection" in errors, name, end, status, output, errors)
    with device.another_user(place.path / "other") as user:
        cases = [
            ("unix:", "no path"), ("tcp:1", "tcp:1"), ("unix:/s,uid=", "uid="), ("unix:/s,uid=1x", "1x"),
            ("unix:/s,uid=4294967296", "4294967296"), (f"unix:/{'s' * 107}", "107 bytes"), ("unix:/nowhere,a", "/nowhere,a"),
            # Nobody accepts there, and two connections fit.
            (f"unix:{place.path / 'other'},uid={user + 1}", f"user {user};"),
            (f"unix:{place.path / 'other'},uid={user}", "HELLO within 5 s"),
            (f"unix:{place.path / 'other'},uid=any", "no connection within 5 s"),
        ]
        for transport, word in cases:
            run = subprocess.run(
                [program], env={"NINA_TRANSPORT": transport}, capture_output=True, text=True, timeout=LIMIT)
            expect(
                (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1) and word in run.stderr, transport, run)


@check
def refusals(place):
    version = str(HERE / "sketches/Version")
    place.write("Empty/Empty.txt", "")
    place.write("library/README", "")
    half = place.write("Half/Half.ino", "void setup() {}\n")
    none = place.write("None/None.ino", "struct A { void loop(); } a;\n")
    wrong = place.write("Wrong/Wrong.ino", "void setup() {}\n\nvoid loop() { missing(); }\n")
    unlinked = place.write("Unlinked/Unlinked.ino", "int missing();\nvoid setup() { missing(); }\nvoid loop() {}\n")
    other = place.write("other.cpp", "")
    for status, word, arguments in [
        (2, "SKETCH", []),
        (2, "--frobnicate", ["--frobnicate", version]),
        (2, "--socket", ["--socket", "x", version]),
        (2, "--delay-cap", ["--delay-cap", "-1", version]),
        (112, "/nowhere", [*API, "/nowhere"]),
        (112, "no file .ino", [*API, str(place.path / "Empty")]),
        (112, ".ino", [*API, other]),
        (112, "Half.ino has no function loop()\n", [*API, half]),
        (112, "None.ino has no function setup() or loop()\n", [*API, none]),
        (113, "/nowhere", [*API, "--library", "/nowhere", version]),
        (113, "no sources", [*API, "--library", str(place.path / "library"), version]),
        (114, "--api", [version]),
        (114, "/nowhere", ["--api", "/nowhere", version]),
        (114, "api/ArduinoAPI.h", ["--api", str(place.path), version]),
        (115, "Wrong.ino:3:", [*API, wrong]),
        (115, "missing", [*API, unlinked]),
        (115, "Coprocessor.h", [*API, version]),
        (2, "the emulator refuses", [*API, *COPROCESSOR, "--firmware", "none", version]),
    ]:
        result = place.sketch(*arguments)
        expect(result[0] == status and result[1] == "" and word in result[2], status, word, arguments, *result)
    result = place.sketch(*API, *COPROCESSOR, version, CXX="no-such-g++")
    expect(result[0] == 111 and result[2].count("\n") == 1, *result)
    result = place.sketch(*API, *COPROCESSOR, version, NINA_SHARE="/nowhere")
    expect(result[0] == 116 and "/nowhere" in result[2], *result)


@check
def functions_that_no_scan_finds(place):
    place.write("Hidden/loop.h", "void loop() { exit(3); }\n")
    path = place.write("Hidden/Hidden.ino", '#include "loop.h"\nauto setup() -> void { Serial.println("up"); }\n')
    result = place.sketch(*API, path)
    expect(result[:2] == (3, "up\n"), *result)


@check
def ends_with_what_it_was_told(place):
    path = place.write("Endless/Endless.ino", 'void setup() { Serial.println("up"); }\nvoid loop() { delay(1000); }\n')
    result = place.sketch(*API, "--timeout", "5", path)
    expect(result[:2] == (42, "up\n"), *result)
    for number, status in [(signal.SIGTERM, 128 + 15), (signal.SIGKILL, -9)]:
        with place.start(*API, "--timeout", "20", path) as process:
            line = process.stdout.readline()
            process.send_signal(number)
            process.communicate(timeout=LIMIT)
        expect((line, process.returncode) == ("up\n", status), number, line, process.returncode)


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


@check
def end_of_a_compilation(place):
    for number in [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]:
        with place.start(*API, *COPROCESSOR, str(HERE / "sketches/Version")) as process:
            for _ in range(1000):
                if list(place.temporary.glob("*/sketch.cpp")) or process.poll() is not None:
                    break
                threading.Event().wait(0.005)
            process.send_signal(number)
            output, errors = process.communicate(timeout=LIMIT)
        expect((process.returncode, output) == (130, ""), number, process.returncode, output, errors)


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
