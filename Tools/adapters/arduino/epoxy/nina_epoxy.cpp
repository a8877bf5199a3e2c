// EpoxyDuino's pins and bus, connected to the coprocessor. The linker calls these in place of its own functions, by --wrap with the
// options of link-options.txt; the two of SPIClass have the names that C++ gives its members transfer(uint8_t) and transfer16(uint16_t).
// EpoxyDuino compiles the files of a library's own folder only.
#include "../core/system.cpp"

#include "../core/link.cpp"
#include "../core/pins.cpp"

extern "C" {

// OUTPUT is 1 for EpoxyDuino's both cores.
void __wrap_pinMode(uint8_t pin, uint8_t mode) { nina::pinDirection(pin, mode == 1); }
void __wrap_digitalWrite(uint8_t pin, uint8_t level) { nina::pinWrite(pin, level != 0); }
int __wrap_digitalRead(uint8_t pin) { return nina::pinRead(pin); }

// The first parameter is the object.
uint8_t __wrap__ZN8SPIClass8transferEh(void *, uint8_t data) { return nina::linkTransfer(data); }

uint16_t __wrap__ZN8SPIClass10transfer16Et(void *, uint16_t data) {
    const uint16_t high = nina::linkTransfer(uint8_t(data >> 8));
    return uint16_t(high << 8 | nina::linkTransfer(uint8_t(data)));
}

void NVIC_SystemReset(void) { nina::restart(); }

}
