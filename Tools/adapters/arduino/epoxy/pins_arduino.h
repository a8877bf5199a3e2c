#pragma once
#include "nina_pins.h"
