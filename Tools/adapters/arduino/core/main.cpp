// Time, numbers, and the program itself.
#include <Arduino.h>

#include "nina_host.h"

#include <stdio.h>

extern "C" {

unsigned long micros() { return (unsigned long)(nina::microseconds()); }
unsigned long millis() { return (unsigned long)(nina::microseconds() / 1000); }

// NINA_DELAY_CAP is the longest delay() in milliseconds: tests need not wait the seconds that people do. millis() stays the real time.
void delay(unsigned long count) {
    static const char *const text = getenv("NINA_DELAY_CAP");
    static const unsigned long cap = text && *text ? strtoul(text, nullptr, 10) : ~0UL;
    nina::sleepMicroseconds(uint64_t(count < cap ? count : cap) * 1000);
}

void delayMicroseconds(unsigned int count) { nina::sleepMicroseconds(count); }

__attribute__((weak)) void yield() {}
__attribute__((weak)) void init() {}
__attribute__((weak)) void initVariant() {}

void NVIC_SystemReset() { nina::restart(); }

char *ultoa(unsigned long value, char *text, int base) {
    char digits[8 * sizeof value];
    size_t count = 0;
    if (base < 2 || base > 36) base = 10;
    do digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned long)(base)];
    while (value /= (unsigned long)(base));
    char *next = text;
    while (count) *next++ = digits[--count];
    *next = 0;
    return text;
}

char *ltoa(long value, char *text, int base) {
    // Only decimal numbers have a sign.
    if (value >= 0 || base != 10) return ultoa((unsigned long)(value), text, base);
    *text = '-';
    ultoa(0UL - (unsigned long)(value), text + 1, base);
    return text;
}

char *itoa(int value, char *text, int base) { return base == 10 ? ltoa(value, text, base) : ultoa((unsigned)(value), text, base); }
char *utoa(unsigned value, char *text, int base) { return ultoa(value, text, base); }

char *dtostrf(double value, signed char width, unsigned char precision, char *text) {
    sprintf(text, "%*.*f", int(width), int(precision), value);
    return text;
}

}

// Versions of the API have some of these.
static uint32_t randomState = 1;
static uint32_t randomNumber() {
    randomState ^= randomState << 13;
    randomState ^= randomState >> 17;
    return randomState ^= randomState << 5;
}
__attribute__((weak)) void randomSeed(unsigned long seed) {
    if (seed) randomState = uint32_t(seed);
}
__attribute__((weak)) long random(long end) { return end > 0 ? long(randomNumber() % (unsigned long)(end)) : 0; }
__attribute__((weak)) long random(long start, long end) { return start < end ? start + random(end - start) : start; }
__attribute__((weak)) long map(long value, long fromLow, long fromHigh, long toLow, long toHigh) {
    return fromHigh == fromLow ? toLow : (value - fromLow) * (toHigh - toLow) / (fromHigh - fromLow) + toLow;
}
__attribute__((weak)) uint16_t makeWord(uint16_t value) { return value; }
__attribute__((weak)) uint16_t makeWord(uint8_t high, uint8_t low) { return uint16_t(high << 8 | low); }

int main() {
    // What a sketch prints by printf stays in order with Serial.
    setvbuf(stdout, nullptr, _IONBF, 0);
    // Time counts from here.
    nina::microseconds();
    init();
    initVariant();
    setup();
    for (;;) loop();
}
