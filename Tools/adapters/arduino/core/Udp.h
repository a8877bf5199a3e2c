#pragma once
#include <Arduino.h>
#if __has_include(<api/Udp.h>)
#include <api/Udp.h>
#else
#error "NINA_NO_API Udp.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
