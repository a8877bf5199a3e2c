"""What a decoder says about a window, in one form for all of them."""

import dataclasses


@dataclasses.dataclass
class Window:
    """`text` is the line about the whole frame; fields are "name=value"."""
    text: str = ""
    fields: list = dataclasses.field(default_factory=list)
    payload: list = dataclasses.field(default_factory=list)
    warnings: list = dataclasses.field(default_factory=list)


def printable(data):
    return "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else f"\\x{byte:02X}" for byte in data)


class Failure(Exception):
    """A check that does not hold."""


def compare(what, first, second, names):
    """Fails unless two decoders say the same about every window; returns how many fields were compared."""
    if len(first) != len(second):
        raise Failure(f"{what}: {names[0]} has {len(first)} windows, {names[1]} {len(second)}")
    differences = []
    for number, (one, other) in enumerate(zip(first, second), 1):
        if one != other:
            differences.append(f"{what}, window {number}:\n    {names[0]}: {one}\n    {names[1]}: {other}")
    if differences:
        raise Failure(f"{len(differences)} of {len(first)} windows differ\n" + "\n".join(differences[:5]))
    return sum(len(window.fields) for window in first)
