// Some libraries include it for the pins of the coprocessor.
#pragma once
#include "../core/nina_pins.h"
