#pragma once
#include <Arduino.h>
#if __has_include(<api/IPAddress.h>)
#include <api/IPAddress.h>
#else
#error "NINA_NO_API IPAddress.h is of ArduinoCore-API: give its folder by --api DIR"
#endif
using namespace arduino;
