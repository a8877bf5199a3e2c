#pragma once
#include <Arduino.h>
#if __has_include(<api/Client.h>)
#include <api/Client.h>
#else
#error "NINA_NO_API Client.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
