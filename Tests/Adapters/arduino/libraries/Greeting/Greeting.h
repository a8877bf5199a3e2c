// A library without src.
const char *greeting();
