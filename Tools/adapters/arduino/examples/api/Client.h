#pragma once
#include "IPAddress.h"
#include "Stream.h"

namespace arduino {

class Client : public Stream {
  public:
    virtual int connect(IPAddress address, uint16_t port) = 0;
    virtual uint8_t connected() = 0;
    virtual void stop() = 0;
};

}
