#pragma once
#include <Arduino.h>
#if __has_include(<api/Server.h>)
#include <api/Server.h>
#else
#error "NINA_NO_API Server.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
