// The bus to the coprocessor. Bytes go to it while its chip select is low; without, MISO reads high.
#pragma once

#include <Arduino.h>
#include <api/HardwareSPI.h>

#define SPI_HAS_NOTUSINGINTERRUPT 1
#define SPI_CLOCK_DIV2 2
#define SPI_CLOCK_DIV4 4
#define SPI_CLOCK_DIV8 8
#define SPI_CLOCK_DIV16 16

arduino::HardwareSPI &ninaAnySPI();

class NINASPI : public arduino::HardwareSPI {
    // Nothing or an error code: versions of the API differ.
    using Begun = decltype(ninaAnySPI().begin());

  public:
    uint8_t transfer(uint8_t data) override;
    uint16_t transfer16(uint16_t data) override;
    void transfer(void *bytes, size_t count) override;
    void usingInterrupt(int) override {}
    void notUsingInterrupt(int) override {}
    void beginTransaction(arduino::SPISettings) override {}
    void endTransaction() override {}
    void attachInterrupt() override {}
    void detachInterrupt() override {}
    Begun begin() override { return Begun(); }
    void end() override {}
    void setBitOrder(BitOrder) {}
    void setDataMode(int) {}
    void setClockDivider(int) {}
};
extern NINASPI SPI;
