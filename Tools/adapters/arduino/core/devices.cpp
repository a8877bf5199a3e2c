// Arduino's pins, bus and Serial.
#include <Arduino.h>
#include <SPI.h>

#include "nina_host.h"

#include <errno.h>

NINASPI SPI;
NINASerial Serial;
NINASerial &Serial1 = Serial;

extern "C" {

void pinMode(pin_size_t pin, PinMode mode) { nina::pinDirection(pin, mode == OUTPUT); }
void digitalWrite(pin_size_t pin, PinStatus level) { nina::pinWrite(pin, level != LOW); }
PinStatus digitalRead(pin_size_t pin) { return nina::pinRead(pin) ? HIGH : LOW; }

// What a PC has not: nothing is connected to an analog pin.
int analogRead(pin_size_t) { return 0; }
void analogReference(uint8_t) {}
void analogWrite(pin_size_t, int) {}
void attachInterrupt(pin_size_t, voidFuncPtr, PinStatus) { nina::warn("attachInterrupt does nothing on a PC: poll the pin"); }
void attachInterruptParam(pin_size_t, voidFuncPtrParam, PinStatus, void *) { attachInterrupt(0, nullptr, LOW); }
void detachInterrupt(pin_size_t) {}
unsigned long pulseIn(pin_size_t, uint8_t, unsigned long) { return 0; }
unsigned long pulseInLong(pin_size_t, uint8_t, unsigned long) { return 0; }

void shiftOut(pin_size_t data, pin_size_t clock, BitOrder order, uint8_t value) {
    for (int i = 0; i < 8; i++) {
        digitalWrite(data, value >> (order == LSBFIRST ? i : 7 - i) & 1 ? HIGH : LOW);
        digitalWrite(clock, HIGH);
        digitalWrite(clock, LOW);
    }
}

uint8_t shiftIn(pin_size_t data, pin_size_t clock, BitOrder order) {
    uint8_t value = 0;
    for (int i = 0; i < 8; i++) {
        digitalWrite(clock, HIGH);
        value |= uint8_t(digitalRead(data) << (order == LSBFIRST ? i : 7 - i));
        digitalWrite(clock, LOW);
    }
    return value;
}

}

void tone(uint8_t, unsigned int, unsigned long) {}
void noTone(uint8_t) {}

uint8_t NINASPI::transfer(uint8_t data) { return nina::linkTransfer(data); }

uint16_t NINASPI::transfer16(uint16_t data) {
    const uint16_t high = transfer(uint8_t(data >> 8));
    return uint16_t(high << 8 | transfer(uint8_t(data)));
}

void NINASPI::transfer(void *bytes, size_t count) {
    uint8_t *const all = static_cast<uint8_t *>(bytes);
    for (size_t i = 0; i < count; i++) all[i] = transfer(all[i]);
}

int NINASerial::available() {
    // At the end of the input nothing follows; read() of a closed descriptor fails at once too.
    if (next == count && nina::waitFor(0, false, 0)) {
        const long got = nina::readBytes(0, input, sizeof input);
        next = 0;
        count = got > 0 ? size_t(got) : 0;
    }
    return int(count - next);
}

int NINASerial::peek() { return available() ? input[next] : -1; }
int NINASerial::read() { return available() ? input[next++] : -1; }
size_t NINASerial::write(uint8_t byte) { return write(&byte, 1); }

// println ends a line with CR LF; a PC's lines end with LF.
size_t NINASerial::write(const uint8_t *bytes, size_t size) {
    uint8_t output[512];
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (hasReturn && bytes[i] != '\n') output[used++] = '\r';
        hasReturn = bytes[i] == '\r';
        if (!hasReturn) output[used++] = bytes[i];
        if (used + 2 > sizeof output || i + 1 == size) {
            for (size_t sent = 0; sent < used;) {
                const long now = nina::writeBytes(1, output + sent, used - sent);
                if (now <= 0) nina::fail("standard output cannot be written: ", strerror(errno), 1);
                sent += size_t(now);
            }
            used = 0;
        }
    }
    return size;
}
