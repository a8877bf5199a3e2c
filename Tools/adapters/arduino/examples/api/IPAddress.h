#pragma once
#include "Print.h"

namespace arduino {

class IPAddress {
  public:
    IPAddress(uint8_t a = 0, uint8_t b = 0, uint8_t c = 0, uint8_t d = 0) : bytes{a, b, c, d} {}
    uint8_t operator[](int index) const { return bytes[index]; }
    uint8_t &operator[](int index) { return bytes[index]; }

  private:
    uint8_t bytes[4];
};

}
