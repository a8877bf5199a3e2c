// The pins of a board that is a PC.
#pragma once

#include "nina_pins.h"

#define LED_BUILTIN 13
#define SS 10
#define MOSI 11
#define MISO 12
#define SCK 13
enum { A0 = 14, A1, A2, A3, A4, A5, A6, A7, SDA = A4, SCL = A5 };
#define NUM_DIGITAL_PINS PINS_COUNT
#define digitalPinToInterrupt(pin) (pin)
#define NOT_AN_INTERRUPT (-1)
