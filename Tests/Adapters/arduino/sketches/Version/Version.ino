// The version of the firmware.
#include <Coprocessor.h>

void setup() {
  Serial.begin(9600);
  while (!Serial) {
  }
  if (!coprocessor.begin()) {
    Serial.println("no coprocessor");
    exit(1);
  }
  char version[16] = "";
  coprocessor.send(0x37, 0, nullptr, 0);
  coprocessor.receive(0x37, (uint8_t *)version, sizeof version - 1);
  Serial.print("firmware ");
  Serial.println(version);
  exit(0);
}

void loop() {}
