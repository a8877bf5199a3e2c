"""python -m nina_link: programs as on a board, and each way to end."""

import pathlib
import signal
import subprocess
import sys
import textwrap

import pytest

SOURCE = pathlib.Path(__file__).parents[1] / "src"
LONG = 30  # seconds; a wait that takes them has failed

# What a driver does at its start, with the pins CS, READY, RESET.
DRIVER = """
import board, time
from digitalio import DigitalInOut, Direction
def version(cs, ready, reset, spi):
    cs.switch_to_output(value=True)
    cs.direction = Direction.OUTPUT
    ready.direction = Direction.INPUT
    reset.direction = Direction.OUTPUT
    cs.value = True
    reset.value = False
    reset.value = True
    for window in (b"\\xe0\\x37\\x00\\xee", bytes(16)):
        for _ in range(5000):
            if not ready.value:
                break
        else:
            raise RuntimeError("not responding")
        while not spi.try_lock():
            pass
        spi.configure(baudrate=8000000)
        cs.value = False
        assert ready.value
        answer = bytearray(len(window))
        spi.write_readinto(window, answer)
        cs.value = True
        spi.unlock()
    return str(answer[4:9], "ascii")
"""


class Runner:
    """Runs programs from a folder of their own."""

    def __init__(self, folder, environment):
        self.folder = folder
        self._environment = dict(environment, PYTHONPATH=str(SOURCE), PYTHONDONTWRITEBYTECODE="1")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def start(self, *arguments, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "nina_link", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(self._environment, **more))

    def run(self, *arguments, **more):
        process = self.start(*arguments, **more)
        try:
            output, errors = process.communicate(timeout=LONG)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, output, errors

    def program(self, text, *arguments, **more):
        return self.run(self.write("code.py", text), *arguments, **more)


@pytest.fixture
def runner(nina, tmp_path):
    folder = tmp_path / "board"
    folder.mkdir()
    return Runner(folder, nina.environment)


@pytest.mark.parametrize("pins", [
    "ESP_CS ESP_BUSY ESP_RESET", "D13 D11 D12", "D10 D7 D5", "D9 D10 D5", "CS1 ESP_BUSY ESP_RESET", "GP13 GP14 GP15",
])
def test_the_pins_of_known_boards(runner, pins):
    cs, ready, reset = pins.split()
    status, output, errors = runner.program(DRIVER + f"""
led = DigitalInOut(board.LED)
led.switch_to_output(True)
button = DigitalInOut(board.D7 if "D7" not in {pins.split()!r} else board.D8)  # D7 is READY of another board
assert button.value
print(version(DigitalInOut(board.{cs}), DigitalInOut(board.{ready}), DigitalInOut(board.{reset}), board.SPI()))
""")
    assert (status, output, errors) == (0, "3.5.0\n", "")


def test_pins_of_an_unknown_board(runner):
    program = DRIVER + """
import busio
print(version(DigitalInOut(board.A3), DigitalInOut(board.A1), DigitalInOut(board.A2), busio.SPI(board.SCK, board.MOSI, board.MISO)))
"""
    status, output, errors = runner.program(program)
    assert (status, output) == (0, "3.5.0\n") and "taken for cs=A3,ready=A1,reset=A2" in errors
    path = runner.write("code.py", program)
    assert runner.run("--pins", "cs=A3,ready=A1,reset=A2,gpio0=A0", path) == (0, "3.5.0\n", "")
    # Pins that the program does not use are named after its failure.
    status, _, errors = runner.run("--pins", "cs=A3,ready=D2,reset=A2", path)
    assert status == 1 and "--pins has ready=D2, and the program uses A3 (output), A1 (input), A2 (output)" in errors
    # Two outputs are high from the start: no guess, but advice after the failure.
    path = runner.write("code.py", program.replace("import busio", "DigitalInOut(board.A7).switch_to_output(True)"
                                                                    "\nimport busio"))
    status, _, errors = runner.run(path)
    assert status == 1 and "not responding" in errors and "the program uses A7 (output), A3 (output), A1 (input)" in errors


def test_settings_arguments_and_modules_as_on_a_board(runner):
    runner.write("settings.toml", r'''
        # a comment
        TEXT = "a \"b\" \u00e4 # c"  # another
        NUMBER = 42
        HEX=0x1F
        NEGATIVE = -7
        TEXT = "the first one counts"
        BAD = true
        [table]
        IN_TABLE = 1
        ''')
    runner.write("beside.py", "here = __name__\n")
    runner.write("lib/adafruit_thing.py", """
        import errno
        class Socket:
            def __fail(self):
                raise OSError(errno.ETIMEDOUT)
            def fail(self):
                self.__fail()
        """)
    assert runner.program("""
        import gc, os, sys, time
        import beside, adafruit_thing, microcontroller, micropython, neopixel, rtc, storage, supervisor
        print([os.getenv(name) for name in ("TEXT", "NUMBER", "HEX", "NEGATIVE", "IN_TABLE", "OUTSIDE")], os.getenv("NO", 5))
        print(__name__, os.path.basename(__file__), sys.argv[1:], beside.here)
        try:
            os.getenv("BAD")
        except ValueError as error:
            print(str(error).partition("settings.toml:")[2])
        for raised in (adafruit_thing.Socket().fail, lambda: OSError(110), lambda: (_ for _ in ()).throw(OSError("words"))):
            try:
                error = raised()
            except OSError as caught:
                error = caught
            print(error.errno)
        rtc.RTC().datetime = time.localtime(0)
        print(rtc.RTC().datetime.tm_year in (1969, 1970), 0 <= supervisor.ticks_ms() < 1 << 29, gc.mem_free() > 0)
        pixel = neopixel.NeoPixel(None, 2)
        pixel[1] = 0x010203
        pixel.fill((1, 2, 3)), storage.remount("/", False), micropython.const(1)
        """, "one", "--two", OUTSIDE="around", TEXT="hidden") == (0, textwrap.dedent("""\
        ['a "b" ä # c', 42, 31, -7, None, 'around'] 5
        __main__ code.py ['one', '--two'] beside
        8: BAD: expected "text" or a whole number, got true
        110
        110
        None
        True True True
        """), "")
    other = runner.write("ci.toml", 'NUMBER = 43\n')
    path = runner.write("code.py", "import os\nprint(os.getenv('NUMBER'))\n")
    assert runner.run(f"--settings={other}", path) == (0, "43\n", "")


@pytest.mark.parametrize("text, status, words", [
    ("import sys; sys.exit(7)", 7, ""),
    ("import sys; sys.exit('no reason')", 1, "no reason\n"),
    ("def f():\n    raise ValueError('deep')\nf()", 1, "line 3, in <module>\n"),
    ("x = (", 1, "SyntaxError"),
    ("import microcontroller; microcontroller.reset()", 4, "microcontroller.reset()"),
    ("import supervisor; supervisor.reload()", 4, "supervisor.reload()"),
    ("import board; board.D99", 1, "board has no pin D99"),
    ("import board; board.I2C()", 1, "board.I2C(): this board has no such bus"),
    ("import busio, board; busio.I2C(board.SCL, board.SDA)", 1, "no busio.I2C"),
])
def test_the_status_of_a_program(runner, text, status, words):
    got, _, errors = runner.program(text)
    assert got == status and words in errors
    assert "nina_link/__main__.py" not in errors


@pytest.mark.parametrize("arguments, status, words", [
    ([], 2, "expected the path of a program"),
    ([""], 2, "expected the path of a program"),
    (["none.py"], 2, "cannot read the program none.py: No such file"),
    (["/"], 2, "cannot read the program /: Is a directory"),
    (["--fast", "code.py"], 2, "unknown option '--fast'"),
    (["--pins"], 2, "--pins needs a value"),
    (["--pins", "cs=D1", "CODE"], 2, "pins 'cs=D1': expected cs=PIN"),
    (["--pins", "cs=X,ready=Y,reset=Z", "CODE"], 2, "board has no pin X"),
    (["--settings", "none.toml", "CODE"], 2, "--settings: there is no file 'none.toml'"),
    (["--settings", "", "CODE"], 2, "--settings: there is no file ''"),
    (["--transport", "tcp:a", "CODE"], 2, "expected unix:PATH"),
    (["--transport", "unix:/none", "CODE"], 3, "no emulator at unix:/none: start one by"),
])
def test_wrong_usage_is_one_sentence(runner, arguments, status, words):
    code = runner.write("code.py", "print('ran')")
    got, output, errors = runner.run(*(str(code) if word == "CODE" else word for word in arguments))
    assert (got, output) == (status, "")
    assert errors.startswith("nina_link: ") and words in errors and errors.count("\n") == 1


def test_help_and_version(runner):
    status, output, _ = runner.run("--help")
    assert status == 0 and output.startswith("python -m nina_link [options] code.py")
    assert all(len(line) <= 80 for line in output.splitlines())
    assert runner.run("--version")[1].startswith("nina_link ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_a_program(runner, number):
    path = runner.write("code.py", "import time\nprint('started')\nwhile True:\n    time.sleep(1)\n")
    process = runner.start(path)
    assert process.stdout.readline() == "started\n"  # each line at once
    process.send_signal(number)
    _, errors = process.communicate(timeout=LONG)
    assert process.returncode == -number
    assert number != signal.SIGINT or "KeyboardInterrupt" in errors


def test_a_second_interrupt_ends_a_program_that_catches_everything(runner):
    path = runner.write("code.py", """
        import time
        while True:
            try:
                print('round')
                time.sleep(100)
            except:
                pass
        """)
    process = runner.start(path)
    for _ in range(2):
        assert process.stdout.readline() == "round\n"
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=LONG)
    assert process.returncode == -signal.SIGINT


def test_the_end_of_the_emulator_ends_a_program(nina, runner):
    path = runner.write("code.py", DRIVER + """
print("up", flush=True)
input()
version(DigitalInOut(board.ESP_CS), DigitalInOut(board.ESP_BUSY), DigitalInOut(board.ESP_RESET), board.SPI())
""")
    process = subprocess.Popen(
        [sys.executable, "-m", "nina_link", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=dict(nina.environment, PYTHONPATH=str(SOURCE), PYTHONDONTWRITEBYTECODE="1"))
    assert process.stdout.readline() == "up\n"
    nina.kill()
    _, errors = process.communicate("go\n", timeout=LONG)
    assert process.returncode == 1 and "the emulator has closed the link" in errors
