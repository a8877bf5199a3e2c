// The test process and the processes it starts end together: linking the module is enough for that.
#ifndef CTESTPROCESS_H
#define CTESTPROCESS_H

#include <stdint.h>

// Runs a function in a thread of its own, which Linux can give another user or another network than the process has, and
// waits for its end. Processes started there are that user's, in that network. Needs root.
//
// user: -1 leaves it. network: the process whose network namespace is entered, 0 leaves it.
// Returns an error number; the function has then not been run.
int ctest_run_apart(int64_t user, int32_t network, void (*function)(void *), void *argument);

#endif
