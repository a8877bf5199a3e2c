"""How nina sketch ends: what it refuses, and what it does when a sketch or a user ends it."""

import signal
import threading

from place import API, COPROCESSOR, HERE, LIMIT, check, expect


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
        (115, "Unlinked.ino:2: undefined reference to `missing()'", [*API, unlinked]),
        (115, "there is no Coprocessor.h: --library DIR names", [*API, version]),
        # The emulator's options are looked at before the compilation.
        (2, "the emulator refuses", [*API, *COPROCESSOR, "--firmware", "none", wrong]),
        (2, "--timeout is for running", [*API, "--output", "program", "--timeout", "5", version]),
        (2, "--firmware is for running", [*API, "--output", "program", "--firmware", "modern", version]),
        (2, "is one of the files that are compiled", [*API, "--output", half, half]),
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
def library_that_was_forgotten(place):
    place.write("libraries/Other Library/src/Other.h", "")
    place.write("libraries/Other Library/src/Other.cpp", "")
    path = place.write("Forgetful/Forgetful.ino", "#include <stdio.h>\n#include <Other.h>\nvoid setup() {}\nvoid loop() { exit(4); }\n")
    other = place.path / "libraries/Other Library"
    status, _, errors = place.sketch(*API, path)
    expect(status == 115 and f"there is no Other.h: try --library '{other}'\n" in errors, errors)
    status, _, errors = place.sketch(*API, *COPROCESSOR, path)
    expect(status == 115 and f"there is no Other.h in the libraries: try --library '{other}'\n" in errors, errors)
    expect(place.sketch(*API, "--library", str(other), path)[0] == 4)


@check
def crash_of_a_sketch(place):
    path = place.write("Crash/Crash.ino", "void setup() { *(volatile int *)(nullptr) = 1; }\nvoid loop() {}\n")
    status, _, errors = place.sketch(*API, path)
    expect(status == 128 + 11 and f"nina: '{path}' was killed by signal 11 (Segmentation fault)\n" in errors, status, errors)


@check
def ends_with_what_it_was_told(place):
    path = place.write("Endless/Endless.ino", 'void setup() { Serial.println("up"); }\nvoid loop() { delay(1000); }\n')
    # The time begins before the emulator does, and a machine may be busy.
    for seconds in [5, 30]:
        result = place.sketch(*API, "--timeout", str(seconds), path)
        if result[1] == "up\n":
            break
    expect(result[:2] == (42, "up\n") and f"'{path}' was still running after the {seconds} s" in result[2], *result)
    for number, status in [(signal.SIGTERM, 128 + 15), (signal.SIGKILL, -9)]:
        with place.start(*API, "--timeout", "20", path) as process:
            line = process.stdout.readline()
            process.send_signal(number)
            process.communicate(timeout=LIMIT)
        expect((line, process.returncode) == ("up\n", status), number, line, process.returncode)


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
