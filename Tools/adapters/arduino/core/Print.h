#pragma once
#include <Arduino.h>
#if __has_include(<api/Print.h>)
#include <api/Print.h>
#else
#error "NINA_NO_API Print.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
