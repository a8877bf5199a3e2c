"""settings.toml as CircuitPython reads it: text and whole numbers before the first table."""

from __future__ import annotations

import pathlib
import re
from typing import Callable, Dict, Union

Value = Union[str, int]
KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(.*)", re.DOTALL)
NUMBER = re.compile(r"([+-]?(?:0x[0-9A-Fa-f]+|[0-9]+))\s*(?:#.*)?")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)")
PLAIN = {"b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


class Settings:
    """The values of a file. One that CircuitPython cannot read is an error when it is asked for, as it is on a board."""

    def __init__(self, path: pathlib.Path) -> None:
        self._values: Dict[str, Value] = {}
        self._faults: Dict[str, str] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("["):
                break
            match = KEY.fullmatch(line)
            if not match or match[1] in self._values or match[1] in self._faults:
                continue  # the first one counts
            try:
                self._values[match[1]] = _value(match[2].strip())
            except ValueError as error:
                self._faults[match[1]] = f"{path}:{number}: {match[1]}: {error}"

    def __contains__(self, key: str) -> bool:
        return key in self._values or key in self._faults

    def __getitem__(self, key: str) -> Value:
        if key in self._faults:
            raise ValueError(self._faults[key])
        return self._values[key]


def _value(text: str) -> Value:
    match = NUMBER.fullmatch(text)
    if match:
        return int(match[1], 16 if "x" in match[1] else 10)
    match = TEXT.fullmatch(text)
    if not match:
        raise ValueError(f'expected "text" or a whole number, got {text}')
    return ESCAPE.sub(_escaped, match[1])


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    if code not in PLAIN:
        raise ValueError(f"the text has an unknown escape \\{code}")
    return PLAIN[code]


def getenv_of(settings: Settings, original: Callable[..., object]) -> Callable[..., object]:
    """os.getenv of CircuitPython: a value of the file; for a name that the file does not have, of the environment."""

    def getenv(key: str, default: object = None) -> object:
        return settings[key] if key in settings else original(key, default)

    return getenv
