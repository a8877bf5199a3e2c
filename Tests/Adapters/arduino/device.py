"""A scripted device, for what an emulator does not do: late transactions, messages that break the protocol, silence."""

import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

SKETCH = """
#include <SPI.h>
void setup() {
  digitalWrite(NINA_GPIO0, HIGH);
  pinMode(NINA_GPIO0, OUTPUT);
  digitalWrite(SPIWIFI_SS, HIGH);
  pinMode(SPIWIFI_SS, OUTPUT);
  pinMode(SPIWIFI_RESET, OUTPUT);
  digitalWrite(SPIWIFI_RESET, HIGH);
  pinMode(NINA_GPIO0, INPUT);
  while (digitalRead(SPIWIFI_ACK) == HIGH) {}
  Serial.println(digitalRead(NINA_GPIO0) == HIGH ? "event" : "no event");
  digitalWrite(SPIWIFI_SS, LOW);
  Serial.println(digitalRead(SPIWIFI_ACK) == HIGH ? "selected" : "not selected");
  byte bytes[3] = { 1, 2, 3 };
  SPI.transfer(bytes, 2);
  bytes[2] = SPI.transfer(bytes[2]);
  for (int i = 0; i < 3; i++) Serial.println(bytes[i]);
  digitalWrite(SPIWIFI_SS, HIGH);
  while (digitalRead(NINA_GPIO0) == HIGH) {}
  digitalWrite(SPIWIFI_SS, LOW);
  digitalWrite(NINA_GPIO0, LOW);
  pinMode(NINA_GPIO0, OUTPUT);
  Serial.println("end");
}
void loop() { digitalRead(SPIWIFI_ACK); digitalWrite(SPIWIFI_SS, HIGH); }
"""
HELLO = b"\x81\0\0\5NINA\1"
# A user who is not root listens, and accepts no connection.
LISTENER = """
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
if os.geteuid() == 0: os.seteuid(65534)
listener.listen(1)
print(os.geteuid(), flush=True)
sys.stdin.read()
"""


class Failure(Exception):
    pass


def message(kind, flags, payload=b""):
    return bytes([kind, flags]) + len(payload).to_bytes(2, "big") + payload


def exact(connection, count):
    data = b""
    while len(data) < count:
        part = b""
        with contextlib.suppress(ConnectionError):
            part = connection.recv(count - len(data))
        if not part:
            break
        data += part
    return data


@contextlib.contextmanager
def another_user(path):
    """A socket that nobody serves: the user who listens there."""
    with subprocess.Popen(
        [sys.executable, "-c", LISTENER, path], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def run(program, script, seconds, name="s", end=""):
    """Runs a program against a device that a script plays: status, output, errors, what the script has returned."""
    with tempfile.TemporaryDirectory(prefix="nina-device-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = str(pathlib.Path(folder) / name)
        listener.bind(path)
        listener.listen()
        listener.settimeout(seconds)
        seen = []

        def play():
            # A failure here shows itself by what is not seen.
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(seconds)
                    seen.append(script(connection))

        thread = threading.Thread(target=play)
        thread.start()
        result = subprocess.run(
            [program], env={"NINA_TRANSPORT": f"unix:{path}{end}"}, capture_output=True, text=True, timeout=seconds,
            stdin=subprocess.DEVNULL)
        # Ends the wait for a program that has not connected.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        if not seen:
            raise Failure(f"the script of the device has not come to its end: {result}")
        return result.returncode, result.stdout, result.stderr, seen[0]


def whole(connection):
    """A session with a reset, a late transaction of the boot before it, a reply, an event, a window that meets one transaction and
    is followed by another, and at last a violation."""
    seen = [exact(connection, 9)]
    connection.sendall(HELLO + message(0x82, 63 << 2))
    seen += [exact(connection, 5), exact(connection, 5)]
    connection.sendall(message(0x82, 63 << 2 | 2, b"old"))
    for byte in message(0x82, 0 << 2 | 3, b"\xab\xcd"):
        connection.sendall(bytes([byte]))
    seen += [exact(connection, 7)]
    connection.sendall(message(0x83, 0))
    seen += [exact(connection, 5), exact(connection, 4)]
    connection.sendall(message(0x82, 0 << 2 | 2) + message(0x82, 0 << 2) + message(0x90, 0))
    exact(connection, 1000)
    return seen


WHOLE = [
    b"\1\0\0\5NINA\1", b"\3\0\0\1\2", b"\3\0\0\1\3", b"\2\0\0\3\1\2\3", b"\3\0\0\1\5", b"\2\0\0\0",
]
WHOLE_OUTPUT = "event\nselected\n171\n205\n0\nend\n"


def wrong_greeting(connection):
    connection.sendall(message(0x81, 0, b"NINA\2"))
    exact(connection, 1000)


def closed(connection):
    exact(connection, 9)
    connection.sendall(HELLO)


def sends(data):
    """A device that sends these bytes and waits for the end."""

    def script(connection):
        connection.sendall(data)
        exact(connection, 1000)

    return script


def silent(connection):
    exact(connection, 1000)
