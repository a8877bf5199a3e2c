"""Compares the board's processor with other emulators. PROGRAM is nina-board-core, of any build unless a part needs a release build.

    instructions   a million random instructions in unicorn, as a Cortex-M0
    exceptions     a C program through exceptions, priorities, stacks, faults and SysTick in QEMU's microbit
    code           the handlers of the fast path, disassembled: they call nothing (a release build)
    bench          not among the default: instructions per second (a release build)
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Drivers"))

import environments  # noqa: E402

SECONDS = 60
# A handler is a closure within `install...`.
HANDLER = re.compile(r"^[0-9a-f]+ <(\$s9NINABoard4CoreV\d+install\w+U\d*_\w*)>:$")


def instructions(options):
    """Compares random programs with unicorn."""
    python = environments.python_with(str(HERE / "requirements.txt"))
    command = [python, "-B", str(HERE / "compare.py"), options.program, str(options.seed), str(options.instructions)]
    print(f"NINA_TEST_SEED={options.seed}", flush=True)
    # Even beside other work 20,000 instructions are compared in a second.
    return subprocess.run(command, timeout=SECONDS + options.instructions // 20_000).returncode == 0


def tool(name):
    """A tool of the Swift toolchain, or of the system."""
    beside = pathlib.Path(os.path.realpath(shutil.which("swift") or "")).parent / name
    path = str(beside) if beside.exists() else shutil.which(name)
    return path or sys.exit(f"Tests/Board/run: there is no {name}, a tool of the Swift toolchain")


def build(name, folder):
    """Compiles a program of Guest for the chip; returns its ELF file and its image."""
    flags = ["-target", "thumbv6m-none-eabi", "-O2", "-ffreestanding", "-fno-builtin", "-Wall", "-Werror"]
    object_file, elf, image = (f"{folder}/{name}.{ending}" for ending in ("o", "elf", "bin"))
    subprocess.run([tool("clang"), *flags, "-c", str(HERE / f"Guest/{name}.c"), "-o", object_file], check=True)
    subprocess.run([tool("ld.lld"), "-e", "start", "-T", str(HERE / "Guest/chip.ld"), object_file, "-o", elf], check=True)
    subprocess.run([tool("llvm-objcopy"), "-O", "binary", elf, image], check=True)
    return elf, image


def output(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=True).stdout


def exceptions(options):
    """Compares the lines that exceptions.c prints with those in QEMU."""
    with tempfile.TemporaryDirectory() as folder:
        elf, image = build("exceptions", folder)
        expected = output(
            "qemu-system-arm", "-M", "microbit", "-display", "none", "-serial", "none", "-monitor", "none",
            "-semihosting-config", "enable=on,target=native", "-kernel", elf).splitlines()
        lines = output(options.program, "--semihosting", image).splitlines()
    for number, (line, wanted) in enumerate(zip(lines, expected), 1):
        if line != wanted:
            print(f"line {number} of exceptions.c is '{line}', in QEMU '{wanted}'")
            return False
    if len(lines) != len(expected) or not lines or not lines[-1].startswith("end "):
        print(f"exceptions.c prints {len(lines)} lines, in QEMU {len(expected)}")
        return False
    print(f"ok {len(lines)} lines of exceptions.c are those of QEMU")
    return True


def code(options):
    """Looks for calls in the handlers: of the allocator, of retain and release, of exclusivity checks, or of another handler."""
    handlers, calls, name = set(), [], None
    for line in output(tool("llvm-objdump"), "-d", "--no-show-raw-insn", options.program).splitlines():
        if line.endswith(">:"):
            match = HANDLER.match(line)
            name = match[1] if match else None
            handlers.add(name)
        elif name and re.search(r"\t(callq?|blr?)\s", line):
            calls.append(f"{name}: {line.strip()}")
    handlers.discard(None)
    for call in calls:
        print(f"a handler calls something: {call}")
    # Each of the 110 operations has one, many with a second symbol.
    if len(handlers) < 100:
        print(f"{len(handlers)} handlers: does this check look for the right names?")
        return False
    if not calls:
        print(f"ok {len(handlers)} functions of handlers call nothing")
    return not calls


def bench(options):
    with tempfile.TemporaryDirectory() as folder:
        print(output(options.program, "--bench", build("bench", folder)[1]), end="")
    return True


PARTS = {"instructions": instructions, "exceptions": exceptions, "code": code, "bench": bench}


def main():
    parser = argparse.ArgumentParser(
        prog="Tests/Board/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("parts", metavar="PART", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--seed", type=int, default=int(os.environ.get("NINA_TEST_SEED", random.randrange(1, 10**9))))
    parser.add_argument("--instructions", type=int, default=1_000_000, help="how many are compared with unicorn")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    if not os.access(options.program, os.X_OK):
        parser.error(f"{options.program} is no program")
    parts = options.parts or ["instructions", "exceptions", "code"]
    return 0 if all([PARTS[part](options) for part in parts]) else 1


if __name__ == "__main__":
    sys.exit(main())
