#pragma once
#include <IPAddress.h>

class Client : public Stream {
  public:
    virtual int connect(IPAddress address, uint16_t port) = 0;
    virtual uint8_t connected() = 0;
    virtual void stop() = 0;
};
