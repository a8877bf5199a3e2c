"""Builds the C adapter and its checks, and runs them against nina-emulator and against peers that break the link's rules."""

import argparse
import itertools
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ADAPTER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), "Tools", "adapters", "c")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-g", "-O1"]
LINK = [os.path.join(ADAPTER, name) for name in ("nina_link.c", "nina_link_messages.c")]
PROGRAM = [os.path.join(HERE, "link_test.c"), os.path.join(ADAPTER, "micropython", "nina_bsp_link.c"), *LINK]
EXAMPLE = [os.path.join(ADAPTER, "examples", "firmware_version.c"), *LINK]
LONG = 20_000  # milliseconds that a host waits for what comes
SECONDS = 600  # of one program: far beyond what it takes, so that only a hang ends so


def message(kind, flags=0, payload=b""):
    return struct.pack(">BBH", kind, flags, len(payload)) + payload


HELLO = message(0x81, 0, b"NINA\x01")
READY = message(0x82, 1 << 2)
# What a peer sends at first, what it sends after a WINDOW, and the result and sentence that the host must have.
PEERS = {
    "says nothing": (b"", b"", "TIMEOUT .*: nobody greeted"),
    "only greets": (HELLO, b"", "TIMEOUT .*: it greeted, and no more"),
    "hangs up": (None, b"", "CLOSED .*"),
    "hangs up within a message": (HELLO + READY[:3], None, "CLOSED .*"),
    "speaks HTTP": (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", r"PROTOCOL .*expected the greeting .*got type 48 flags 54 length 21584 at byte 0"),
    "has another version": (message(0x81, 0, b"NINA\x02"), b"", "PROTOCOL .*expected the greeting 4E 49 4E 41 01, got 4E 49 4E 41 02"),
    "greets at length": (message(0x81, 0, b"NINA\x01\x00"), b"", "PROTOCOL .*length 6 at byte 0"),
    "greets twice": (HELLO + HELLO, b"", "PROTOCOL .*got type 81 flags 00 length 5 at byte 9"),
    "sends an unknown type": (HELLO + message(0x99), b"", "PROTOCOL .*got type 99"),
    "sends IRQ with a payload": (HELLO + message(0x83, 1, b"x"), b"", "PROTOCOL .*an IRQ message of length 0, got type 83 flags 01 length 1"),
    "queues bytes for a command": (HELLO + message(0x82, 4, b"x"), b"", "PROTOCOL .*QUEUED of length 0"),
    "queues twice": (HELLO + READY + READY, b"", "PROTOCOL .*no second QUEUED"),
    "queues for another boot": (HELLO + READY, message(0x82, 9 << 2 | 2, bytes(65535)), "TIMEOUT .*a command is still running"),
    "queues the largest reply": (HELLO + READY, message(0x82, 1 << 2 | 2, bytes(65535)), "OK "),
    "queues byte by byte": (HELLO + READY, [bytes([b]) for b in message(0x82, 1 << 2 | 2, b"abc")], "OK "),
    "never answers": (HELLO + READY, b"", "TIMEOUT .*a command is still running"),
    "sends IRQ without end": (HELLO + READY, itertools.repeat(message(0x83, 1) * 4096), "TIMEOUT .*a command is still running"),
}


def time_outs(expected):
    """How long the host waits for the coprocessor and for its reply: short only where nothing comes."""
    if "nobody greeted" in expected:
        return "300", str(LONG)
    if "it greeted" in expected:  # the greeting comes
        return "2000", str(LONG)
    return str(LONG), "1000" if expected.startswith("TIMEOUT") else str(LONG)


class Peer:
    """A process that listens where an emulator should, and sends what it was given."""

    def __init__(self, path, first, later):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.settimeout(SECONDS)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve, args=(first, later), daemon=True)
        self.thread.start()

    def serve(self, first, later):
        try:
            host = self.listener.accept()[0]
            with host:
                host.settimeout(SECONDS)
                if first is None:
                    return
                host.sendall(first)
                if later is None:
                    return
                received = b""
                while data := host.recv(4096):
                    received += data
                    if len(received) > 9 and later:  # HELLO is 9 bytes
                        for piece in [later] if isinstance(later, bytes) else later:
                            host.sendall(piece)
                        later = b""
        except OSError:
            pass  # the host has found the fault, and gone

    def close(self):
        self.thread.join(SECONDS)
        self.listener.close()


class Checks:
    def __init__(self, emulator, folder, only):
        self.emulator, self.folder, self.only, self.failed, self.count = emulator, folder, only, [], 0

    def build(self, compiler, name, sources, *flags):
        path = os.path.join(self.folder, name)
        subprocess.run([compiler, *STRICT, *flags, "-I", ADAPTER, "-I", HERE, *sources, "-o", path], check=True)
        return path

    def build_go(self):
        """The replacement of TinyGo's package machine, by plain Go, offline."""
        source = os.path.join(self.folder, "tinygo")
        shutil.copytree(os.path.join(HERE, "tinygo"), source)
        machine = os.path.join(ADAPTER, "tinygo", "machine")
        with open(os.path.join(source, "go.mod"), "w") as file:
            file.write(f"module check\n\ngo 1.19\n\nrequire machine v0.0.0\n\nreplace machine => {machine}\n")
        cache = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), ".build", "go")
        environment = dict(os.environ, GOPROXY="off", GOFLAGS="-mod=mod", GOCACHE=cache, CGO_ENABLED="1", CC="gcc")
        subprocess.run(["go", "vet", "."], cwd=source, env=environment, check=True)
        subprocess.run(["go", "build", "-o", "program", "."], cwd=source, env=environment, check=True)
        return os.path.join(source, "program")

    def run(self, title, command, path, expected=None):
        """One program; its output must match, and its status be 0."""
        environment = {name: value for name, value in os.environ.items() if name != "NINA_TRANSPORT"}
        environment |= {"NINA_SOCKET": path, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1"}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
            output, passed = done.stdout + done.stderr, done.returncode == 0
        except subprocess.TimeoutExpired:
            output, passed = f"it hangs: more than {SECONDS} s", False
        passed = passed and (expected is None or re.match(expected, output) is not None)
        self.count += 1
        print(f"{'ok' if passed else 'FAILED'} {title}" + ("" if passed else f"\n    {output.strip()}\n    expected {expected or 'status 0'}"), flush=True)
        if not passed:
            self.failed.append(title)

    def with_emulator(self, title, command, expected=None, add_process=False):
        if self.only not in title:
            return
        path = os.path.join(self.folder, "nina.sock")
        with open(os.path.join(self.folder, "log"), "w") as log:
            # --end-with: it ends with this program, however that ends.
            emulator = subprocess.Popen(
                [self.emulator, "--socket", path, "--end-with", str(os.getpid())], stdout=subprocess.PIPE, stderr=log)
        try:
            if not emulator.stdout.readline().startswith(b"nina-emulator ready"):
                sys.exit(f"{self.emulator} does not start")
            self.run(title, command + ([str(emulator.pid)] if add_process else []), path, expected)
        finally:
            emulator.kill()
            emulator.wait()
            emulator.stdout.close()

    def with_peer(self, title, command, first, later, expected):
        if self.only not in title:
            return
        path = os.path.join(self.folder, "peer.sock")
        peer = Peer(path, first, later)
        try:
            self.run(title, command, path, expected)
        finally:
            peer.close()
            os.unlink(path)

    def suite(self, name, program, commands, resets):
        for check, number in (("commands", commands), ("resets", resets), ("two-hosts", commands // 20), ("bsp", commands // 20)):
            self.with_emulator(f"{name}: {number} {check}", [*program, check, str(number)])
        self.with_emulator(f"{name}: lines", [*program, "lines"])
        for check in ("killed", "stopped"):
            self.with_emulator(f"{name}: emulator {check}", [*program, check], add_process=True)
        for title, (first, later, expected) in PEERS.items():
            self.with_peer(f"{name}: a peer that {title}", [*program, "report", *time_outs(expected)], first, later, expected)
        for title, path, expected in (
            ("no socket", os.path.join(self.folder, "none"), "UNREACHABLE .*expected an emulator there: No such file or directory; start one by 'nina-emulator'"),
            ("a path that is too long", "/" * 300, "BAD_ADDRESS .*at most 107 bytes, got 300"),
        ):
            if self.only in title:
                self.run(f"{name}: {title}", [*program, "report", *time_outs(expected)], path, expected)


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("emulator", help="path of nina-emulator")
    parser.add_argument("--commands", type=int, default=100_000, help="commands under the sanitizers (100000)")
    parser.add_argument("--resets", type=int, default=1000, help="resets under the sanitizers (1000)")
    parser.add_argument("--valgrind", type=int, default=500, metavar="N", help="commands under valgrind, N / 100 resets, at least 20 (500)")
    parser.add_argument("--only", default="", metavar="CHECK", help="only checks whose title contains this")
    arguments = parser.parse_args()
    emulator = os.path.abspath(arguments.emulator)
    if not os.access(emulator, os.X_OK):
        parser.error(f"{emulator} is not a program")
    with tempfile.TemporaryDirectory(prefix="nina-c-") as folder:
        checks = Checks(emulator, folder, arguments.only)
        if shutil.which("clang"):  # its warnings
            checks.build("clang", "by-clang", PROGRAM)
        # The header serves C++ as well.
        subprocess.run(["g++", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++", "-include",
                        os.path.join(ADAPTER, "nina_link.h"), os.devnull], check=True)
        sanitized = checks.build("gcc", "sanitized", PROGRAM, "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
        plain = checks.build("gcc", "plain", PROGRAM)
        checks.with_emulator("the example", [checks.build("gcc", "example", EXAMPLE)], r"firmware \d+\.\d+\.\d+\n")
        if not shutil.which("go"):
            print("skipped tinygo: go is not installed")
        elif arguments.only in "tinygo":
            checks.with_emulator("tinygo", [checks.build_go()], r"firmware \d+\.\d+\.\d+\n")
        checks.suite("sanitizers", [sanitized], arguments.commands, arguments.resets)
        valgrind = ["valgrind", "--quiet", "--leak-check=full", "--error-exitcode=9"]
        if not shutil.which("valgrind"):
            sys.exit("valgrind is not installed: Tools/setup")
        checks.suite("valgrind", [*valgrind, plain], arguments.valgrind, max(20, arguments.valgrind // 100))
        if not checks.count:
            parser.error(f"no check is called '{arguments.only}'")
        print("failed: " + ", ".join(checks.failed) if checks.failed else f"all {checks.count} checks of the C adapter passed")
        return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
