// The coprocessor's pins, by the names that boards with one give them. None of them is a pin that sketches use for something else.
#pragma once

#ifndef PINS_COUNT
#define PINS_COUNT 64
#endif
#ifndef SPIWIFI_SS
#define SPIWIFI_SS 60
#endif
#ifndef SPIWIFI_ACK
#define SPIWIFI_ACK 61
#endif
#ifndef SPIWIFI_RESET
#define SPIWIFI_RESET 62
#endif
#ifndef NINA_GPIO0
#define NINA_GPIO0 63
#endif
#define NINA_ACK SPIWIFI_ACK
#define NINA_RESETN SPIWIFI_RESET
