#pragma once
#include <Arduino.h>

#define SPI_MODE0 0x00

class SPISettings {
  public:
    SPISettings(uint32_t, uint8_t, uint8_t) {}
};

class SPIClass {
  public:
    static void begin() {}
    inline static void beginTransaction(SPISettings) {}
    uint8_t transfer(uint8_t data);
    uint16_t transfer16(uint16_t data);
    inline static void transfer(void *, size_t) {}
    inline static void endTransaction(void) {}
};
extern SPIClass SPI;
