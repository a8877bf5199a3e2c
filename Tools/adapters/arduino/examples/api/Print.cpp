#include "Print.h"
#include <Arduino.h>

namespace arduino {

size_t Print::write(const uint8_t *bytes, size_t count) {
    size_t written = 0;
    while (written < count && write(bytes[written])) written++;
    return written;
}

size_t Print::print(const char *text) { return write(reinterpret_cast<const uint8_t *>(text), strlen(text)); }

size_t Print::print(long number) {
    char text[24];
    return print(ltoa(number, text, 10));
}

}
