// The processes that the tests start end with the test process: linking this module is enough.
#ifndef CTESTPROCESS_H
#define CTESTPROCESS_H

#include <stdint.h>

// Runs a function in a separate thread, which Linux can give another user or network namespace than the process has,
// and waits for its end. Processes started there inherit that user and network. Needs root.
//
// user: -1 for no change. network: the process whose network namespace is entered, 0 for no change. Returns an error
// number, in which case the function was not run.
int ctest_run_apart(int64_t user, int32_t network, void (*function)(void *), void *argument);

#endif
