"""The bytes between a sketch and its coprocessor, and how it finds that."""

import os
import subprocess

import device
from place import API, LIMIT, check, expect


@check
def bytes_on_the_link(place):
    program = place.path / "program"
    result = place.sketch(*API, "--output", str(program), place.write("Wire/Wire.ino", device.SKETCH))
    expect(result[0] == 0, *result)
    status, output, errors, seen = device.run(program, device.whole, LIMIT)
    expect((status, output, seen) == (3, device.WHOLE_OUTPUT, device.WHOLE), status, output, errors, seen)
    expect("got type 90" in errors, errors)
    for script, word in [
        (device.wrong_greeting, "HELLO"), (device.closed, "closed the connection"), (device.silent, "within 5 s"),
        # Headers only: what is wrong is said before the payload has come.
        (device.sends(b"\x82\4\0\0"), "expected its HELLO"), (device.sends(b"\x81\0\0\6"), "expected its HELLO"),
        (device.sends(device.HELLO + b"\x81\0\0\5"), "expected QUEUED"),
        (device.sends(device.HELLO + b"\x83\1\0\1"), "expected an IRQ message of length 0"),
        (device.sends(device.HELLO + b"\x82\4\0\1"), "expected QUEUED of length 0"),
        (device.sends(device.HELLO + b"\x82\4\0\0\x82\4\0\0"), "expected no second QUEUED"),
    ]:
        status, output, errors, _ = device.run(program, script, LIMIT)
        expect((status, output) == (3, "") and word in errors and errors.count("\n") == 1, word, status, output, errors)


@check
def address_of_the_emulator(place):
    program = place.path / "program"
    result = place.sketch(*API, "--output", str(program), place.write("Wire/Wire.ino", device.SKETCH))
    expect(result[0] == 0, *result)
    own = os.geteuid()
    for name, end in [("s", ""), ("a,b", ""), ("a,uid=x,b", ""), ("s", ",uid=any"), ("a,b", f",uid={own}")]:
        status, output, errors, _ = device.run(program, device.closed, LIMIT, name=name, end=end)
        expect((status, output) == (3, "") and "closed the connection" in errors, name, end, status, output, errors)
    with device.another_user(place.path / "other") as user:
        cases = [
            ("unix:", "no path"), ("tcp:1", "tcp:1"), ("unix:/s,uid=", "uid="), ("unix:/s,uid=1x", "1x"),
            ("unix:/s,uid=4294967296", "4294967296"), (f"unix:/{'s' * 107}", "107 bytes"), ("unix:/nowhere,a", "/nowhere,a"),
            # Nobody accepts there, and two connections fit.
            (f"unix:{place.path / 'other'},uid={user + 1}", f"user {user};"),
            (f"unix:{place.path / 'other'},uid={user}", "HELLO within 5 s"),
            (f"unix:{place.path / 'other'},uid=any", "no connection within 5 s"),
        ]
        for transport, word in cases:
            run = subprocess.run(
                [program], env={"NINA_TRANSPORT": transport}, capture_output=True, text=True, timeout=LIMIT)
            expect(
                (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1) and word in run.stderr, transport, run)


@check
def misuses_of_the_bus(place):
    """Each is said once on stderr; an empty window, as of a select pin that becomes an output, is none."""
    path = place.write("Misuse/Misuse.ino", """
#include <SPI.h>
void window(int bytes) {
  digitalWrite(SPIWIFI_SS, LOW);
  while (bytes-- > 0) Serial.println(SPI.transfer(0));
  digitalWrite(SPIWIFI_SS, HIGH);
}
void setup() {
  pinMode(SPIWIFI_SS, OUTPUT);
  digitalWrite(SPIWIFI_SS, HIGH);
  pinMode(SPIWIFI_RESET, OUTPUT);  // low
  const char *const modes[] = {"right", "early", "unselected"};
  const int mode = Serial.read() - '0';
  Serial.println(modes[mode]);
  window(0);
  if (mode == 1) { window(2); window(1); }
  if (mode == 2) { SPI.transfer(1); Serial.println(SPI.transfer(2)); }
  digitalWrite(SPIWIFI_RESET, HIGH);
  while (digitalRead(SPIWIFI_ACK) == HIGH) {}
  exit(0);
}
void loop() {}
""")
    program = place.path / "program"
    result = place.sketch(*API, "--output", str(program), path)
    expect(result[0] == 0, *result)
    for mode, output, words in [
        ("0", "right\n", None), ("1", "early\n0\n0\n0\n", "wait until READY is low"), ("2", "unselected\n255\n", "chip select was high"),
    ]:
        run = subprocess.run(
            [place.nina, "run", "--timeout", "60", "--", program], env=place.environment, input=mode, capture_output=True, text=True,
            timeout=LIMIT)
        expect((run.returncode, run.stdout) == (0, output), mode, run)
        expect(run.stderr == "" if words is None else run.stderr.count("nina: ") == 1 and words in run.stderr, mode, run)


@check
def restart_and_pins_of_its_own(place):
    path = place.write("Again/Again.ino", """
#include <SPI.h>
enum { SELECT = 13, READY = 11, RESET = 12, EVENT = 10 };
void setup() {
  // The input survives the restart, unlike the memory.
  bool isSecond = Serial.read() < 0;
  SPI.begin();
  Serial.println(SPI.transfer(1));
  digitalWrite(SELECT, HIGH);
  pinMode(SELECT, OUTPUT);
  pinMode(RESET, OUTPUT);
  delay(10);
  Serial.println(digitalRead(READY) == HIGH ? "held in reset" : "not in reset");
  digitalWrite(RESET, HIGH);
  while (digitalRead(READY) == HIGH) delay(1);
  Serial.println("ready");
  if (isSecond) exit(7);
  NVIC_SystemReset();
}
void loop() {}
""")
    result = place.sketch(*API, "--timeout", "60", path, text="x", NINA_PINS="13,11,12,10")
    once = "255\nheld in reset\nready\n"
    expect(result[:2] == (7, once * 2), *result)
