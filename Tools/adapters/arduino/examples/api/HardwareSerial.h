#pragma once
#include "Stream.h"

namespace arduino {

class HardwareSerial : public Stream {
  public:
    virtual void begin(unsigned long) = 0;
    virtual void begin(unsigned long, uint16_t) = 0;
    virtual void end() = 0;
    virtual operator bool() = 0;
};

}
