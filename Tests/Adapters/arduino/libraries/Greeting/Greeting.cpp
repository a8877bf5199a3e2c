#include "Greeting.h"
extern "C" const char *plainGreeting(void);
const char *greeting() { return plainGreeting(); }
