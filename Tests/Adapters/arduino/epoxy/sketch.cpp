// The version of the firmware, by the library of the other sketches.
#include <Coprocessor.h>
#include <Server.h>
#include <pins_arduino.h>
#include <stdio.h>

extern "C" void setup() {
    PinStatus level = LOW;
    if (!coprocessor.begin()) exit(1);
    char version[16] = "";
    coprocessor.send(0x37, 0, nullptr, 0);
    coprocessor.receive(0x37, reinterpret_cast<uint8_t *>(version), sizeof version - 1);
    printf("firmware %s\n", version);
    exit(level);
}

extern "C" void loop() {}
