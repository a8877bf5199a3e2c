"""Runs tshark with the dissector, and reads what it makes of each packet."""

import re
import subprocess
import xml.etree.ElementTree

from decoded import Failure, Window, printable
from recordings import PACKAGE

SCRIPT = PACKAGE / "Tools" / "decoders" / "wireshark" / "nina.lua"
SECONDS = 300  # far beyond what a run takes, so that only a hang ends so
OF_THE_FRAME = set("event family coprocessor window command opcode is_reply refused parameters padding slot payload stream request_in "
                   "reply_in duration warning text number frame".split())
SUFFIX = re.compile("_(text|number|ipv4|mac|bytes)$")


def run(*arguments):
    command = ["tshark", "-X", f"lua_script:{SCRIPT}", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, timeout=SECONDS)
    complaints = [line for line in result.stderr.decode().splitlines() if not line.startswith("Running as user")]
    output = result.stdout.decode()
    if result.returncode or complaints or "Lua Error" in output:
        found = complaints or [line for line in output.splitlines() if "Lua Error" in line][:5]
        raise Failure(f"{' '.join(command)}: status {result.returncode}\n" + "\n".join(found))
    return output


def text_of(field):
    """A field's value as the other decoders write it, from what display filters compare."""
    shown, label = field.get("show"), field.get("showname") or field.get("show")
    if label.endswith("bytes"):
        return f"{len(field.get('value') or '') // 2} bytes"
    return f'"{shown}"' if '"' in label else shown.upper() if ":" in shown else shown


def window(packet):
    """What the dissector says about one packet."""
    result = Window()
    root = packet.find("proto[@name='nina']")
    for field in root.iter("field"):
        name = field.get("name").removeprefix("nina.")
        if name == "warning":
            result.warnings.append(field.get("show"))
        elif name == "payload":
            result.payload.append(printable(bytes.fromhex(field.get("value"))))
        elif field.get("name") == "_ws.lua.text":
            # An empty value, or one that is not of the parameter's type: there is nothing to filter by.
            label, _, text = field.get("showname").partition(": ")
            if text.endswith(" bytes"):
                result.fields.append(f"{label}={text}")
        elif field.get("name").startswith("nina.") and name not in OF_THE_FRAME and "." not in name:
            result.fields.append(f"{SUFFIX.sub('', name)}={text_of(field)}")
    result.text = root.get("showname").partition(", ")[2]
    return result


def packets(path, *arguments):
    """All packets of a file, as trees."""
    return list(xml.etree.ElementTree.fromstring(run("-r", path, "-T", "pdml", *arguments)).iter("packet"))


def windows(path):
    """What the dissector says about each packet."""
    return [window(packet) for packet in packets(path)]
