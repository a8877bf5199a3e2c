// What libraries for boards with a coprocessor expect, and EpoxyDuino's core has not. Put it in front of each file by -include.
#pragma once

#ifdef __cplusplus
#include <Arduino.h>
#include <IPAddress.h>

#include "../core/nina_pins.h"

// EpoxyDuino's pins are plain numbers.
typedef int PinStatus;
typedef int PinMode;

extern "C" void NVIC_SystemReset(void);
#endif
