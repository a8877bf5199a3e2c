#pragma once
#include <Arduino.h>
#if __has_include(<api/Stream.h>)
#include <api/Stream.h>
#else
#error "NINA_NO_API Stream.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
