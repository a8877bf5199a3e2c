// The least of the portable half of Arduino's API that our sketches need, with its names.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { LOW = 0, HIGH = 1, CHANGE = 2, FALLING = 3, RISING = 4 } PinStatus;
typedef enum { INPUT = 0, OUTPUT = 1, INPUT_PULLUP = 2 } PinMode;
typedef enum { LSBFIRST = 0, MSBFIRST = 1 } BitOrder;
typedef uint8_t pin_size_t;
typedef uint8_t byte;
typedef void (*voidFuncPtr)(void);
typedef void (*voidFuncPtrParam)(void *);

#ifdef __cplusplus
extern "C" {
#endif
void init(void);
void initVariant(void);
void yield(void);
void setup(void);
void loop(void);
void pinMode(pin_size_t pin, PinMode mode);
void digitalWrite(pin_size_t pin, PinStatus level);
PinStatus digitalRead(pin_size_t pin);
unsigned long millis(void);
unsigned long micros(void);
void delay(unsigned long);
void delayMicroseconds(unsigned int);
#ifdef __cplusplus
}
long random(long);
long random(long, long);
#endif
