#pragma once
#include <Arduino.h>
#if __has_include(<api/Printable.h>)
#include <api/Printable.h>
#else
#error "NINA_NO_API Printable.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
