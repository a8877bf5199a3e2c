"""The protocol decoder for libsigrokdecode 3."""

import sigrokdecode as srd

from .nina_commands import COMMANDS
from .nina_frames import Commands, Dialogue, printable, shortened

(COMMAND, REPLY, ERROR, FIELD, PAYLOAD_OUT, PAYLOAD_IN, CLOCKED, BUSY, BETWEEN, WARNING) = range(10)
FRAME_CLASSES = {"command": COMMAND, "reply": REPLY, "error": ERROR, "unknown": ERROR}


class Decoder(srd.Decoder):
    api_version = 3
    id = 'nina'
    name = 'NINA'
    longname = 'WiFiNINA coprocessor'
    desc = 'Commands and replies of a Wi-Fi coprocessor with nina-fw.'
    license = 'apache2.0'
    inputs = ['spi']
    outputs = []
    tags = ['Embedded/industrial', 'Wireless/RF']
    options = (
        {'id': 'firmware', 'desc': 'Firmware family', 'default': 'arduino', 'values': ('arduino', 'adafruit')},
    )
    annotations = (
        ('command', 'Command'),
        ('reply', 'Reply'),
        ('error', 'Error frame'),
        ('field', 'Field'),
        ('payload-out', 'Payload to the network'),
        ('payload-in', 'Payload from the network'),
        ('clocked', 'Duration of a window'),
        ('busy', 'From a command to its reply'),
        ('between', 'From a reply to the next command'),
        ('warning', 'Warning'),
    )
    annotation_rows = (
        ('frames', 'Frames', (COMMAND, REPLY, ERROR)),
        ('fields', 'Fields', (FIELD,)),
        ('payload', 'Payload', (PAYLOAD_OUT, PAYLOAD_IN)),
        ('timing', 'Timing', (CLOCKED, BUSY, BETWEEN)),
        ('warnings', 'Warnings', (WARNING,)),
    )
    binary = (
        ('sent', 'Payload to the network'),
        ('received', 'Payload from the network'),
    )

    def __init__(self):
        self.reset()

    def reset(self):
        self.samplerate = None
        self.dialogue = None
        self.last_end = None
        self.last_was_command = False

    def start(self):
        self.out_ann = self.register(srd.OUTPUT_ANN)
        self.out_binary = self.register(srd.OUTPUT_BINARY)
        self.dialogue = Dialogue(Commands(COMMANDS, self.options['firmware']))

    def metadata(self, key, value):
        if key == srd.SRD_CONF_SAMPLERATE:
            self.samplerate = value

    def decode(self, ss, es, data):
        kind, mosi, miso = data
        if kind == 'TRANSFER':
            self.window(ss, es, mosi, miso)
        elif kind == 'CS-CHANGE' and mosi is None and miso is None:
            self.put(ss, es, self.out_ann, [WARNING, ['Assign the CS# channel of the SPI decoder', 'No CS#']])

    def window(self, ss, es, mosi, miso):
        read = self.dialogue.window(bytes(word.val & 0xFF for word in mosi), bytes(word.val & 0xFF for word in miso))
        if read is None:
            return
        frame, is_mosi = read
        words = mosi if is_mosi else miso
        self.put_timing(ss, es, frame)
        if words:
            self.put_frame(frame, words)
        for text, first, end in frame.warnings:
            # Of bytes that are missing there is no place: the end of the window stands for them.
            start, stop = self.span(words, first, end) if first < len(words) else (es, es)
            self.put(start, stop, self.out_ann, [WARNING, [text, 'Warning', 'W']])

    def span(self, words, first, end):
        """The samples of some bytes of a window."""
        return words[first].ss, words[max(first, min(end, len(words)) - 1)].es

    def put_frame(self, frame, words):
        ss, es = self.span(words, min(frame.start, len(words) - 1), frame.end)
        short = '->' if frame.kind in ('reply', 'error') else 'C'
        self.put(ss, es, self.out_ann, [FRAME_CLASSES[frame.kind], [frame.text, frame.name or frame.text, short]])
        for field in frame.fields:
            # What the window lacks the coprocessor takes for zeros.
            ss, es = self.span(words, min(field.start, len(words) - 1), field.end)
            self.put(ss, es, self.out_ann, [FIELD, ['%s=%s' % (field.name, field.text), field.text]])
            if field.is_payload and field.raw:
                self.put_payload(frame, field, es, words)

    def put_payload(self, frame, field, es, words):
        ss = words[min(field.end - len(field.raw), len(words) - 1)].ss
        text = printable(field.raw)
        is_out = frame.kind == 'command'
        self.put(ss, es, self.out_ann, [PAYLOAD_OUT if is_out else PAYLOAD_IN, [text, shortened(text), '%d bytes' % len(field.raw)]])
        self.put(ss, es, self.out_binary, [0 if is_out else 1, field.raw])

    def put_timing(self, ss, es, frame):
        if self.samplerate:
            is_reply = frame.kind in ('reply', 'error')
            if self.last_end is not None:
                is_busy = is_reply and self.last_was_command
                # The coprocessor runs the command, and the host notices READY.
                text = 'reply after %s' if is_busy else 'next after %s'
                self.put_duration(self.last_end, ss, BUSY if is_busy else BETWEEN, text)
            self.put_duration(ss, es, CLOCKED, '%s')
        self.last_end, self.last_was_command = es, frame.kind == 'command'

    def put_duration(self, ss, es, row, text):
        time = self.duration((es - ss) / self.samplerate)
        self.put(ss, es, self.out_ann, [row, [text % time, time]])

    @staticmethod
    def duration(seconds):
        for unit, factor in (('s', 1), ('ms', 1e3), ('us', 1e6)):
            if seconds * factor >= 1:
                break
        return '%.1f %s' % (seconds * factor, unit)
