#pragma once
#include "Common.h"

namespace arduino {

enum SPIMode { SPI_MODE0, SPI_MODE1, SPI_MODE2, SPI_MODE3 };

class SPISettings {
  public:
    SPISettings(uint32_t, BitOrder, SPIMode) {}
};

class HardwareSPI {
  public:
    virtual ~HardwareSPI() {}
    virtual uint8_t transfer(uint8_t data) = 0;
    virtual uint16_t transfer16(uint16_t data) = 0;
    virtual void transfer(void *bytes, size_t count) = 0;
    virtual void usingInterrupt(int number) = 0;
    virtual void notUsingInterrupt(int number) = 0;
    virtual void beginTransaction(SPISettings settings) = 0;
    virtual void endTransaction() = 0;
    virtual void attachInterrupt() = 0;
    virtual void detachInterrupt() = 0;
    virtual void begin() = 0;
    virtual void end() = 0;
};
typedef HardwareSPI SPIClass;

}
