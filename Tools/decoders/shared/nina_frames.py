"""Reads the frames between a WiFiNINA host and its coprocessor: what a window's bytes mean, and which reply belongs to which command.

No I/O, and nothing newer than Python 3.8: logic analyzers bring an interpreter of their own. Protocol/frame.md describes the frames.
"""

START, ERROR, END, REPLY = 0xE0, 0xEF, 0xEE, 0x80
LIMIT = 4092  # bytes of the coprocessor's buffers
SHOWN = 64  # characters of one value in the line about a frame
# The parameters that carry what programs send and receive. GET_DATA's byte is none: it is also the sign that there is no byte.
PAYLOADS = ("data", "packet")


class Parameter:
    """How one parameter is laid out, read from the table's notation."""

    def __init__(self, notation):
        words = notation.split()
        self.name, self.kind = words[:2]
        self.width = 2 if "wide" in words else 1
        self.is_rest, self.is_optional, self.is_repeated = ("rest" in words, "optional" in words, "repeated" in words)
        self.is_little = self.kind.endswith("le")
        self.size = {"ipv4": 4, "mac": 6}.get(self.kind)
        if self.kind[0] in "ui" and self.kind[1].isdigit():
            self.size = int(self.kind[1:].rstrip("bel")) // 8


class Field:
    """One parameter of a frame: its value, and where it stands in the window, length included."""

    def __init__(self, parameter, raw, start, end):
        self.name, self.kind, self.raw, self.start, self.end = parameter.name, parameter.kind, raw, start, end
        self.is_little = parameter.is_little

    @property
    def value(self):
        """A number, or a text."""
        if self.kind == "ipv4":
            return ".".join(map(str, self.raw))
        if self.kind == "mac":
            return ":".join("%02X" % byte for byte in self.raw)
        if self.kind in ("text", "url", "secret", "bytes"):
            return self.text
        return int.from_bytes(self.raw, "little" if self.is_little else "big", signed=self.kind[0] == "i")

    @property
    def text(self):
        """The value as people read it. Secrets, and the parts of a URL that may be secrets, are not shown."""
        if self.kind == "secret":
            return "*" * len(self.raw)
        if self.kind == "bytes":
            return "%d bytes" % len(self.raw)
        if self.kind in ("text", "url"):
            text = self.raw.split(b"\0")[0]  # some hosts send the NUL
            return '"%s"' % printable(without_secrets(text) if self.kind == "url" else text)
        return str(self.value)

    @property
    def is_payload(self):
        return self.name in PAYLOADS


def printable(data):
    """Bytes as ASCII, others as \\xNN."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else "\\x%02X" % byte for byte in data)


def shortened(text):
    """A text for a line that has others, too."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def shown(data):
    """The first bytes of a window, in hex."""
    return " ".join("%02X" % byte for byte in data[:2]) or "nothing"


def without_secrets(url):
    """A URL with stars for its query, and for a user name with a password."""
    ends = [place for place in (url.find(b"?"), url.find(b"#")) if place >= 0]
    shown = url[:min(ends)] if ends else url
    start = shown.find(b"//") + 2 if b"//" in shown else 0
    slash = shown.find(b"/", start)
    at = shown.rfind(b"@", start, slash if slash >= 0 else len(shown))
    if at >= 0:
        shown = shown[:start] + b"*" * (at - start) + shown[at:]
    return shown + (url[len(shown):len(shown) + 1] + b"*" * (len(url) - len(shown) - 1) if ends else b"")


class Frame:
    """What one direction of one window says: a `command`, a `reply`, an `error` frame, or something `unknown`."""

    def __init__(self, kind, opcode=None, name=""):
        self.kind, self.opcode, self.name = kind, opcode, name
        self.fields, self.warnings = [], []  # a warning: text, first byte, end
        self.start, self.end = 0, 0  # of the frame in its window, without padding
        self.request = None  # a reply's command, if it was seen

    def warn(self, text, start=0, end=None):
        self.warnings.append((text, start, start + 1 if end is None else end))

    @property
    def text(self):
        if self.kind == "error":
            return ("%s -> " % self.name if self.name else "") + "error frame"
        if self.kind == "unknown":
            return "not a frame"
        fields = ["%s=%s" % (field.name, shortened(field.text)) for field in self.fields]
        return " ".join([self.name] + (["->"] if self.kind == "reply" else []) + fields)


class Reading:
    """Reads one form of a frame as the firmware does, by position, and notes what differs from the form."""

    def __init__(self, window, start, count, is_reply):
        self.window, self.start, self.position = window, start, start
        self.count, self.is_reply = count, is_reply
        self.fields, self.warnings, self.parameters = [], [], 0
        self.is_cut = False  # the window has ended before the frame

    def warn(self, text, start, end=None):
        self.warnings.append((text, start, start + 1 if end is None else end))

    def read(self, form):
        for parameter in form:
            if parameter.is_repeated:
                while self.parameters < self.count and self.position < len(self.window):
                    self.one(parameter)
            elif not parameter.is_optional or self.parameters < self.count:
                self.one(parameter)
        if self.parameters != self.count:
            self.warn("the count is %d, expected %d" % (self.count, self.parameters), self.start - 1)
        found = self.window[self.position:self.position + 1]
        if found == bytes([END]):
            self.position += 1
        elif not self.is_cut:
            self.warn("expected the end byte EE, found %s" % shown(found), self.position)
        return self

    def one(self, parameter):
        start = self.position
        length = int.from_bytes(self.window[start:start + parameter.width], "big")
        begin = start + parameter.width
        size = length
        if begin > len(self.window):
            self.cut("the window ends before %s" % parameter.name, start)
            size = 0
        elif parameter.is_rest:
            size = self.rest(begin, length)
        elif parameter.size and length != parameter.size:
            self.warn("the length of %s is %d, expected %d" % (parameter.name, length, parameter.size), start, begin)
            size = length if self.is_reply else parameter.size
        end = begin + size
        if begin <= len(self.window) < end:
            self.cut("the window ends in %s: %d of %d bytes" % (parameter.name, len(self.window) - begin, size), start)
        end = max(start, min(end, len(self.window)))
        raw = bytes(self.window[begin:end])
        if parameter.size and not self.is_reply:
            raw = raw.ljust(parameter.size, b"\0")  # the firmware clears its buffer before each command
        field = Field(parameter, raw, start, end)
        if parameter.size and len(raw) != parameter.size:
            field.kind = "bytes"  # it is not what the table says
        self.fields.append(field)
        self.position = end
        self.parameters += 1

    def cut(self, text, start):
        """Notes the end of the window, once."""
        if not self.is_cut:
            self.warn(text, start, max(start + 1, len(self.window)))
        self.is_cut = True

    def rest(self, begin, length):
        """The size of a parameter whose length does not tell it: another one does, or it runs on to the end byte."""
        for field in self.fields:
            if field.name == "count" and field.kind != "bytes":
                return field.value
        end = self.window.find(bytes([END]), begin + length)
        return (end if end >= 0 else len(self.window)) - begin


def parse_forms(notation):
    """The forms of a message, and whether the first parameter's value selects one."""
    selects = " / " in notation
    forms = notation.split(" / " if selects else "|")
    return [[Parameter(item) for item in form.split(",") if item.strip()] for form in forms], selects


def read_best(forms, selects, window, start, count, is_reply):
    """The reading of the form that fits; if none does, of the one with that many parameters."""
    readings = [Reading(window, start, count, is_reply).read(form) for form in forms]
    if selects:
        return readings[1 if readings[0].fields[0].raw not in (b"\0", b"") else 0]
    for reading in readings:
        if not reading.warnings:
            return reading
    for form, reading in zip(forms, readings):
        if len(form) == count:
            return reading
    return readings[-1 if count > max(map(len, forms)) else 0]


class Commands:
    """The commands of a family of firmware."""

    def __init__(self, table, family):
        self.rows = {}
        for opcode, owner, name, request, reply in table:
            # A family's own rows come last, and replace the common ones.
            if owner in ("", family):
                self.rows[opcode] = (name, parse_forms(request), parse_forms(reply))

    def name(self, opcode):
        return self.rows[opcode][0] if opcode in self.rows else "0x%02X" % opcode

    def command(self, window):
        """Reads a command window, which begins with E0."""
        opcode = window[1] if len(window) > 1 else 0
        frame = Frame("command", opcode, self.name(opcode))
        frame.end = len(window)
        if len(window) > LIMIT:
            frame.warn("%d bytes, the coprocessor takes %d" % (len(window), LIMIT), LIMIT, len(window))
        if opcode not in self.rows:
            frame.warn("no command has the number 0x%02X" % opcode, 1)
            return frame
        return self.fill(frame, self.rows[opcode][1], window[:LIMIT], 0, False)

    def reply(self, window, opcode):
        """Reads a reply window. `opcode` is the command's, None where the recording does not have it."""
        # A host skips bytes until E0 or EF: up to 10 (ESP32SPI) or 1,000 (WiFiNINA).
        start = next((place for place, byte in enumerate(window) if byte in (START, ERROR)), None)
        if start is None:
            frame = Frame("unknown", opcode, self.name(opcode) if opcode is not None else "")
            frame.end = len(window)
            frame.warn("expected a reply, found %s" % shown(window), 0, len(window))
            return frame
        own = window[start + 1] & ~REPLY if len(window) > start + 1 else 0
        known = own if opcode is None else opcode
        if window[start] == ERROR:
            frame = Frame("error", opcode, self.name(opcode) if opcode is not None else "")
            frame.start, frame.end = start, min(len(window), start + 3)
        else:
            frame = Frame("reply", known, self.name(known))
            frame.start, frame.end = start, len(window)
            found = window[start + 1] if len(window) > start + 1 else None
            if found != known | REPLY:
                frame.warn("expected a reply to %s (%02X), found %s" % (
                    self.name(known), known | REPLY, "nothing" if found is None else "%02X" % found), start + 1)
            elif known in self.rows:
                self.fill(frame, self.rows[known][2], window, start, True)
            else:
                frame.warn("no command has the number 0x%02X" % known, start + 1)
        if start:
            frame.warn("%d bytes before the reply" % start, 0, start)
        return frame

    def fill(self, frame, forms, window, start, is_reply):
        count = window[start + 2] if len(window) > start + 2 else 0
        reading = read_best(*forms, window, start + 3, count, is_reply)
        frame.fields = reading.fields
        frame.warnings += reading.warnings
        frame.end = min(len(window), reading.position)
        return frame


class Dialogue:
    """Tells command windows from reply windows."""

    def __init__(self, commands):
        self.commands = commands
        self.pending = None  # the command that has no reply yet

    def window(self, mosi, miso):
        """One chip-select window: its frame, and whether its bytes are MOSI's. None for a window without bytes."""
        is_command = len(mosi) > 0 and mosi[0] == START and not (len(mosi) > 1 and mosi[1] & REPLY)
        is_reply = len(miso) > 1 and (miso[0] == START and bool(miso[1] & REPLY) or miso[0] == ERROR)
        if self.pending is not None and (is_reply or not is_command):
            if not mosi and not miso:
                return None
            frame = self.commands.reply(miso, self.pending.opcode)
            frame.request = self.pending
            self.pending = None
            return frame, False
        if is_command:
            frame = self.commands.command(mosi)
            if self.pending is not None:
                frame.warn("%s had no reply" % (self.pending.name or "the window before"))
            self.pending = frame
            return frame, True
        if is_reply:
            frame = self.commands.reply(miso, None)
            frame.warn("no command before this reply")
            return frame, False
        if not mosi:
            return None
        frame = Frame("unknown")
        frame.end = len(mosi)
        frame.warn("expected a command, found %s" % shown(mosi), 0, len(mosi))
        self.pending = frame  # the coprocessor answers it, with the error frame
        return frame, True
