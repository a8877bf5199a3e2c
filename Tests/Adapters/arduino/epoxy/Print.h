#pragma once
#include <Arduino.h>

class Print {
  public:
    virtual ~Print() {}
    virtual size_t write(uint8_t byte) = 0;
    virtual size_t write(const uint8_t *bytes, size_t count) {
        for (size_t i = 0; i < count; i++) write(bytes[i]);
        return count;
    }
    size_t print(const char *text) { return write(reinterpret_cast<const uint8_t *>(text), strlen(text)); }
};

class Stream : public Print {
  public:
    virtual int available() = 0;
    virtual int read() = 0;
    virtual int peek() = 0;
};
