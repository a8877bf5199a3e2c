// Pins and a bus that do nothing, as EpoxyDuino's.
#include <Arduino.h>
#include <SPI.h>
#include <time.h>

SPIClass SPI;

uint8_t SPIClass::transfer(uint8_t) { return 0; }
uint16_t SPIClass::transfer16(uint16_t) { return 0; }

extern "C" {
void pinMode(uint8_t, uint8_t) {}
void digitalWrite(uint8_t, uint8_t) {}
int digitalRead(uint8_t) { return 0; }

unsigned long millis() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void delay(unsigned long milliseconds) {
    timespec time = {time_t(milliseconds / 1000), long(milliseconds % 1000) * 1000000};
    nanosleep(&time, nullptr);
}
}

int main() {
    setup();
    for (;;) loop();
}
