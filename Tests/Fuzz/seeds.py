"""Writes the fuzzer's corpus, the recorded sessions of Protocol/vectors in every profile, and its dictionary, their commands.

    seeds.py FOLDER DICTIONARY
"""

import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROFILES = 6


def step(window):
    """A window in FuzzInput's encoding; a long one is padded to a multiple of 256 bytes."""
    if len(window) < 240:
        return bytes([len(window)]) + window
    blocks = min(16, -(-len(window) // 256))
    return bytes([239 + blocks]) + window[: blocks * 256].ljust(blocks * 256, b"\xff")


def vectors(name):
    with open(os.path.join(ROOT, "Protocol", "vectors", name)) as file:
        return json.load(file)


def sessions():
    """The recorded sessions, as lists of windows."""
    scenarios = {}
    for vector in vectors("firmware-arduino-2.0.0.json"):
        scenarios.setdefault(vector["scenario"], []).append(vector.get("command") or "")
    yield from scenarios.values()
    sections = {}
    for vector in vectors("host-wifinina-2.1.0.json"):
        sections.setdefault(vector["section"], []).extend(vector["mosi"])
    yield from sections.values()
    calls = [exchange["mosi"] for vector in vectors("host-esp32spi-11.1.4.json")["vectors"] for exchange in vector["exchanges"]]
    for first in range(0, len(calls), 12):
        yield calls[first : first + 12]


def main():
    folder, dictionary = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    # A client connects to port 80 and sends: 0 marks such a step, see FuzzInput.
    visit = bytes([0, 0, 80, 0, 0x44, 0])
    words = set()
    for index, session in enumerate(sessions()):
        windows = [step(bytes.fromhex(window)) for window in session if window]
        words.update(window for window in windows if len(window) < 48)
        for profile in range(PROFILES):
            with open(os.path.join(folder, f"{index}-{profile}"), "wb") as file:
                # Bits 6 and 7 as FuzzInput reads them; a multiple of the number of profiles keeps the profile.
                file.write(bytes([profile + (0, 66, 132, 198)[index % 4]]) + visit.join([b"", *windows[:40]]))
    with open(dictionary, "w") as file:
        for word in sorted(words):
            file.write('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n')


if __name__ == "__main__":
    main()
