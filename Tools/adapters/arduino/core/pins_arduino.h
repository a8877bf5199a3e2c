// The pins of a board that is a PC.
#pragma once

#include <stdint.h>

#include "nina_pins.h"

#define LED_BUILTIN 13
#define NUM_DIGITAL_PINS PINS_COUNT
#define NOT_AN_INTERRUPT (-1)
#define digitalPinToInterrupt(pin) (pin)

static const uint8_t SS = 10, MOSI = 11, MISO = 12, SCK = 13;
static const uint8_t A0 = 14, A1 = 15, A2 = 16, A3 = 17, A4 = 18, A5 = 19, A6 = 20, A7 = 21;
static const uint8_t SDA = 18, SCL = 19;
