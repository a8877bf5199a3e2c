#pragma once
#include <Arduino.h>
#if __has_include(<api/String.h>)
#include <api/String.h>
#else
#error "NINA_NO_API String.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
