// Arduino's core for a PC: the pins and the bus go to an emulated coprocessor, Serial to standard input and output. The portable half,
// from Print to UDP, is ArduinoCore-API, which the user brings.
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
#define NINA_C extern "C"
#else
#define NINA_C
#endif

NINA_C char *itoa(int value, char *text, int base);
NINA_C char *utoa(unsigned value, char *text, int base);
NINA_C char *ltoa(long value, char *text, int base);
NINA_C char *ultoa(unsigned long value, char *text, int base);
NINA_C char *dtostrf(double value, signed char width, unsigned char precision, char *text);
NINA_C void NVIC_SystemReset(void);

#if __has_include(<api/ArduinoAPI.h>)
#include <api/ArduinoAPI.h>
#elif __has_include(<api/Common.h>)
#include <api/Common.h>
#else
#error "NINA_NO_API Arduino.h needs ArduinoCore-API: give its folder by --api DIR"
#endif

#include "pins_arduino.h"

#define interrupts() ((void)0)
#define noInterrupts() ((void)0)

#ifndef F
#define F(text) text
#endif
#ifndef PROGMEM
#define PROGMEM
#endif
#ifndef F_CPU
#define F_CPU 48000000UL
#endif
#define clockCyclesPerMicrosecond() (F_CPU / 1000000UL)

#ifdef __cplusplus
#include <api/HardwareSerial.h>
#include <api/Print.h>
#include <api/Stream.h>
#include <api/String.h>
#include <api/IPAddress.h>

using namespace arduino;

// Standard input and output.
class NINASerial : public HardwareSerial {
  public:
    void begin(unsigned long) override {}
    void begin(unsigned long, uint16_t) override {}
    void end() override {}
    int available() override;
    int peek() override;
    int read() override;
    void flush() override {}
    size_t write(uint8_t byte) override;
    size_t write(const uint8_t *bytes, size_t count) override;
    using Print::write;
    operator bool() override { return true; }

  private:
    uint8_t input[256];
    size_t next = 0, count = 0;
    bool hasReturn = false;
};
extern NINASerial Serial;
extern NINASerial &Serial1;
#endif
