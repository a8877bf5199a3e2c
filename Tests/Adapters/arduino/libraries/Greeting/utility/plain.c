const char *plainGreeting(void) { return "greetings from a folder"; }
