#pragma once
#include "Common.h"
#include <string.h>

namespace arduino {

class Print {
  public:
    virtual ~Print() {}
    virtual size_t write(uint8_t byte) = 0;
    virtual size_t write(const uint8_t *bytes, size_t count);
    virtual void flush() {}
    size_t print(const char *text);
    size_t print(char character) { return write(uint8_t(character)); }
    size_t print(long number);
    size_t print(int number) { return print(long(number)); }
    size_t println() { return print("\r\n"); }
    template <class Value> size_t println(Value value) { return print(value) + println(); }
};

}
