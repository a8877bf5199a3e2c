// Pins: direction, latch, and which of them are the coprocessor's lines.
#include "nina_host.h"
#include "nina_pins.h"

#include <stdlib.h>

namespace nina {

namespace {

bool isOutput[256], latch[256];

struct Lines {
    unsigned select = SPIWIFI_SS, ready = SPIWIFI_ACK, reset = SPIWIFI_RESET, gpio0 = NINA_GPIO0;

    // NINA_PINS=SS,ACK,RESET,GPIO0 is for a sketch with pin numbers of its own.
    Lines() {
        const char *text = getenv("NINA_PINS");
        if (!text || !*text) return;
        unsigned *const all[] = {&select, &ready, &reset, &gpio0};
        const char *rest = text;
        for (unsigned i = 0; i < 4; i++) {
            char *end;
            const unsigned long number = strtoul(rest, &end, 10);
            if (end == rest || number > 255 || *end != (i < 3 ? ',' : 0))
                fail("NINA_PINS: expected four pin numbers SS,ACK,RESET,GPIO0 from 0 to 255, got ", text, 2);
            *all[i] = unsigned(number);
            rest = end + 1;
        }
    }
};

// Made at its first use, which may be in the constructor of a sketch's global.
const Lines &lines() {
    static const Lines lines;
    return lines;
}

// Lines that nobody drives are high, by their pull-ups.
bool drivenLevel(unsigned pin) { return !isOutput[pin] || latch[pin]; }

void drive(unsigned pin) {
    if (pin == lines().select) linkSelect(!drivenLevel(pin));
    if (pin == lines().reset) linkReset(drivenLevel(pin));
    if (pin == lines().gpio0) linkGPIO0(drivenLevel(pin));
}

}

void pinDirection(unsigned pin, bool output) {
    if (pin > 255) return;
    isOutput[pin] = output;
    drive(pin);
}

void pinWrite(unsigned pin, bool level) {
    if (pin > 255) return;
    latch[pin] = level;
    if (isOutput[pin]) drive(pin);
}

bool pinRead(unsigned pin) {
    if (pin > 255) return true;
    if (isOutput[pin]) return latch[pin];
    // READY is low while the coprocessor is ready.
    if (pin == lines().ready) return !linkReady();
    if (pin == lines().gpio0) return linkIRQ();
    return true;
}

}
