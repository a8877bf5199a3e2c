#pragma once
#include "Print.h"

class IPAddress {
  public:
    uint8_t operator[](int index) const { return bytes[index]; }

  private:
    uint8_t bytes[4];
};
