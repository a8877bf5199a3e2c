"""A scripted device, for what an emulator does not do: late transactions, messages that break the protocol, silence."""

import pathlib
import socket
import subprocess
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


def message(kind, flags, payload=b""):
    return bytes([kind, flags]) + len(payload).to_bytes(2, "big") + payload


def exact(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            break
        data += part
    return data


def run(program, script, seconds):
    """Runs a program against a device that a script plays: status, output, errors, what the script has returned."""
    with tempfile.TemporaryDirectory(prefix="nina-device-") as folder, socket.socket(socket.AF_UNIX) as listener:
        path = str(pathlib.Path(folder) / "s")
        listener.bind(path)
        listener.listen()
        listener.settimeout(seconds)
        seen = []

        def play():
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(seconds)
                seen.append(script(connection))

        thread = threading.Thread(target=play)
        thread.start()
        result = subprocess.run(
            [program], env={"NINA_SOCKET": path}, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
        thread.join()
        return result.returncode, result.stdout, result.stderr, seen[0]


def whole(connection):
    """A session with a reset, a late transaction of the boot before it, a reply, an event, and at last a violation."""
    seen = [exact(connection, 9)]
    connection.sendall(HELLO + message(0x82, 63 << 2))
    seen += [exact(connection, 5), exact(connection, 5)]
    connection.sendall(message(0x82, 63 << 2 | 2, b"old"))
    for byte in message(0x82, 0 << 2 | 3, b"\xab\xcd"):
        connection.sendall(bytes([byte]))
    seen += [exact(connection, 7)]
    connection.sendall(message(0x83, 0))
    seen += [exact(connection, 5)]
    connection.sendall(message(0x90, 0))
    exact(connection, 1000)
    return seen


WHOLE = [
    b"\1\0\0\5NINA\1", b"\3\0\0\1\2", b"\3\0\0\1\3", b"\2\0\0\3\1\2\3", b"\3\0\0\1\5",
]
WHOLE_OUTPUT = "event\nselected\n171\n205\n0\nend\n"


def wrong_greeting(connection):
    connection.sendall(message(0x81, 0, b"NINA\2"))
    exact(connection, 1000)


def closed(connection):
    exact(connection, 9)
    connection.sendall(HELLO)


def silent(connection):
    exact(connection, 1000)
