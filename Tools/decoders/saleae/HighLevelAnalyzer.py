"""A high-level analyzer for Logic 2, over its SPI analyzer. Logic 2 runs it with Python 3.8."""

from saleae.analyzers import AnalyzerFrame, ChoicesSetting, HighLevelAnalyzer

from nina_commands import COMMANDS
from nina_frames import Commands, Dialogue, printable


class Nina(HighLevelAnalyzer):
    firmware = ChoicesSetting(["arduino", "adafruit"], label="Firmware family")

    result_types = {
        "command": {"format": "{{data.text}}"},
        "reply": {"format": "{{data.text}}"},
        "error": {"format": "{{data.text}}"},
        "unknown": {"format": "{{data.text}}: {{data.warnings}}"},
        "warning": {"format": "{{data.text}}"},
    }

    def __init__(self):
        self.dialogue = Dialogue(Commands(COMMANDS, self.firmware or "arduino"))
        self.start = None  # of the window
        self.mosi, self.miso, self.places = bytearray(), bytearray(), []
        self.command_end = None
        self.has_enable = False

    def decode(self, frame):
        """Takes one frame of the SPI analyzer; returns the frame that it completes, if any."""
        if frame.type == "enable":
            self.has_enable = True
            self.begin(frame.start_time)
        elif frame.type == "result":
            return self.take(frame)
        elif frame.type == "disable" and self.start is not None:
            return self.window(frame.end_time)
        elif frame.type == "error":
            # Logic 2 sends it when the clock's level is wrong as the enable line falls.
            return AnalyzerFrame("warning", frame.start_time, frame.end_time, {"text": "SPI error: check the clock's mode"})
        return None

    def begin(self, start):
        self.start = start
        self.mosi, self.miso, self.places = bytearray(), bytearray(), []

    def take(self, frame):
        if not self.has_enable:
            # The recording began within a window, or the SPI analyzer has no enable line; told once.
            self.has_enable = True
            return AnalyzerFrame("warning", frame.start_time, frame.end_time, {"text": "no enable line yet: assign chip select"})
        if self.start is not None:
            self.mosi += frame.data.get("mosi", b"")[-1:]
            self.miso += frame.data.get("miso", b"")[-1:]
            self.places.append((frame.start_time, frame.end_time))
        return None

    def window(self, end):
        start, self.start = self.start, None
        read = self.dialogue.window(bytes(self.mosi), bytes(self.miso))
        if read is None:
            return None
        frame, is_mosi = read
        data = {"text": frame.text, "command": frame.name}
        for field in frame.fields:
            # A repeated parameter has one column for all its values.
            data[field.name] = data[field.name] + ", " + field.text if field.name in data else field.text
            if field.is_payload:
                data["payload"] = printable(field.raw)
        if frame.warnings:
            data["warnings"] = "; ".join(text for text, _, _ in frame.warnings)
        if frame.request is not None and self.command_end is not None:
            data["reply_after_us"] = round(float(start - self.command_end) * 1e6, 3)
        self.command_end = end if is_mosi else None
        first, last = self.places[0][0] if self.places else start, self.places[-1][1] if self.places else end
        return AnalyzerFrame(frame.kind, first, last, data)
