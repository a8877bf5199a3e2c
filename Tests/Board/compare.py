"""Executes the random programs of nina-board-core by unicorn as a Cortex-M0, and compares registers, flags and memory.

What unicorn 2.1 does not do as a chip does, and what is done about it:

- With UC_MODE_MCLASS it is a Cortex-M33, whatever model is chosen: the mode is Thumb alone.
- It enters no exception: it stops, and this program does what the architecture states (DDI 0419, B1.5.6).
- It keeps bits of APSR that ARMv6-M does not have: no program writes and reads them.
- It stops at WFE and YIELD: no program has them.
- It executes CBZ, IT and CPSID f, which ARMv6-M does not have: no program has them.
- It has no registers at 0xE000E000: a program that happens to hit them, one in some millions of instructions, is left out.
- It keeps what it has translated: the cache is removed after each change of code.

    compare.py PROGRAM SEED INSTRUCTIONS
"""

import struct
import subprocess
import sys

import unicorn
from unicorn import arm_const as arm

FLASH, RAM = (0, 0x40000), (0x20000000, 0x8000)
DATA = (0x20001000, 0x1000)
FAULT_HANDLER, CALL_HANDLER = 0x200, 0x204
NAMES = [f"R{number}" for number in range(13)] + ["SP", "LR", "PC", "xPSR", "PRIMASK"]
GENERAL = [getattr(arm, f"UC_ARM_REG_{name}") for name in NAMES[:16]]
# QEMU's numbers of exceptions: SVC, and an access that is not aligned.
CALL, DATA_ABORT = 2, 4
FAULTS = (
    unicorn.UC_ERR_INSN_INVALID, unicorn.UC_ERR_READ_UNMAPPED, unicorn.UC_ERR_WRITE_UNMAPPED, unicorn.UC_ERR_WRITE_PROT)


class Oracle:
    def __init__(self, data):
        self.engine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
        self.engine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M0)
        self.engine.mem_map(*FLASH, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        self.engine.mem_map(*RAM)
        # Erased flash with the vectors and handlers of ProgramTrial.swift: a program may read them.
        flash = bytearray(b"\xff" * FLASH[1])
        flash[12:16] = struct.pack("<I", FAULT_HANDLER | 1)
        flash[44:48] = struct.pack("<I", CALL_HANDLER | 1)
        flash[FAULT_HANDLER : FAULT_HANDLER + 6] = struct.pack("<3H", 0xBE00, 0, 0xBE00)
        self.engine.mem_write(FLASH[0], bytes(flash))
        self.engine.mem_write(DATA[0], data)
        self.engine.hook_add(unicorn.UC_HOOK_INTR, self.on_interrupt)
        self.engine.hook_add(unicorn.UC_HOOK_MEM_UNMAPPED, self.on_unmapped)
        self.interrupt = self.unmapped = None

    def on_unmapped(self, engine, access, address, *_):
        self.unmapped = address
        return False

    def on_interrupt(self, engine, number, _):
        self.interrupt = number
        engine.emu_stop()

    def run(self, address, code, length, registers):
        """Executes a program; returns the registers after it, with the exception that it ended by. None: it cannot be compared."""
        engine = self.engine
        engine.mem_write(address, code)
        engine.ctl_remove_cache(address, address + len(code))
        engine.reg_write_batch([*zip(GENERAL[:15], registers), (arm.UC_ARM_REG_APSR, registers[16]), (arm.UC_ARM_REG_PRIMASK, 0)])
        self.interrupt = self.unmapped = error = None
        try:
            engine.emu_start(address | 1, address + 2 * length)
        except unicorn.UcError as failure:
            if failure.errno not in FAULTS:
                raise
            error = failure.errno
        if self.unmapped is not None and self.unmapped >> 12 == 0xE000E:
            return None
        after = list(engine.reg_read_batch(GENERAL + [arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_PRIMASK]))
        after[16] = after[16] & 0xF0000000 | 1 << 24
        if error is not None or self.interrupt == DATA_ABORT:
            return self.enter(3, FAULT_HANDLER, after)
        if self.interrupt == CALL:
            if after[17] == 0:
                return self.enter(11, CALL_HANDLER, after)
            # SVC cannot interrupt what PRIMASK protects.
            after[15] -= 2
            return self.enter(3, FAULT_HANDLER, after)
        if self.interrupt is not None:
            raise RuntimeError(f"unicorn stopped with its exception {self.interrupt}")
        return after

    def enter(self, number, handler, state):
        frame = (state[13] - 32) & ~7
        status = state[16] | (state[13] & 4) << 7
        self.engine.mem_write(frame, struct.pack("<8I", *state[0:4], state[12], state[14], state[15], status))
        return state[:13] + [frame, 0xFFFFFFF9, handler, state[16] | number, state[17]]

    def data(self):
        return bytes(self.engine.mem_read(*DATA))


def complain(number, header, code, before, after, expected, memory, data):
    print(f"program {number} at {header[0]:#x} differs from unicorn")
    print("code", " ".join(f"{halfword:04x}" for halfword in struct.unpack(f"<{header[2]}H", code[: 2 * header[2]])))
    print("before", " ".join(f"{name}={value:x}" for name, value in zip(NAMES, before)))
    for name, got, wanted in zip(NAMES, after, expected):
        if got != wanted:
            print(f"{name} is {got:#x}, in unicorn {wanted:#x}")
    for offset in range(0, DATA[1], 4):
        if memory[offset : offset + 4] != data[offset : offset + 4]:
            print(f"at {DATA[0] + offset:#x}: {memory[offset : offset + 4].hex()}, in unicorn {data[offset : offset + 4].hex()}")


def compare(stream):
    """The number of programs and instructions compared; None when something differs."""
    def read(count):
        return stream.read(count)

    oracle = Oracle(read(DATA[1]))
    programs = instructions = faults = calls = left_out = 0
    while head := read(16):
        header = struct.unpack("<4I", head)
        code = read(2 * header[1])
        before = struct.unpack("<17I", read(68))
        after = list(struct.unpack("<18I", read(72)))
        memory = read(DATA[1])
        expected = oracle.run(header[0], code, header[2], before)
        if expected is None:
            left_out += 1
            oracle.engine.mem_write(DATA[0], memory)
            continue
        data = oracle.data()
        if after != expected or memory != data:
            complain(programs, header, code, before, after, expected, memory, data)
            return None
        programs += 1
        instructions += header[3]
        faults += expected[15] == FAULT_HANDLER
        calls += expected[15] == CALL_HANDLER
    return programs, instructions, faults, calls, left_out


def main():
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as process:
        try:
            result = compare(process.stdout)
        finally:
            process.kill() if sys.exc_info()[0] else process.stdout.close()
    if result is None:
        return 1
    if process.returncode:
        print(f"{sys.argv[1]} ended with status {process.returncode}")
        return 1
    programs, instructions, faults, calls, left_out = result
    print(
        f"ok {instructions} instructions in {programs} programs are equal; {faults} ended by faults, {calls} by SVC; "
        f"{left_out} programs left out")
    return 0 if instructions >= int(sys.argv[3]) * 0.99 and left_out * 1000 <= programs else 1


if __name__ == "__main__":
    sys.exit(main())
