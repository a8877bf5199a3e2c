// nina-emulator as a process, attached to virtual modules.
#ifndef EMULATOR_H
#define EMULATOR_H

#include <sys/types.h>

#include "host.h"

// Starts an emulator for the modules 0 to count - 1 and waits until it is ready.
pid_t emulator_start(int count);
// Ends a process with a signal and waits for it.
void process_end(pid_t process, int signal);
// GET_FW_VERSION, whose reply must be right: 1, or 0 when READY did not fall in time
// or the coprocessor has lost the command.
int asks_version(struct host *host, int milliseconds);

#endif
