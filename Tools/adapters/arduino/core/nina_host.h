// What the core needs of Linux and of the emulator's socket. Nothing here names a type of Arduino: EpoxyDuino's plug-in uses it too.
//
// A sketch may have a global named `socket`, `connect` or `read`, which replaces the C library's for the whole program. So the core makes
// its system calls itself, by `syscall`.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace nina {

// MARK: system.cpp

// Milliseconds and microseconds since the start of the program.
uint64_t microseconds();
void sleepMicroseconds(uint64_t count);
// Whether bytes can be read (or, with `toWrite`, written) within so many microseconds.
bool waitFor(int descriptor, bool toWrite, uint64_t limit);
// As read(2) and write(2); an interrupted call is repeated.
long readBytes(int descriptor, void *bytes, size_t count);
long writeBytes(int descriptor, const void *bytes, size_t count);
// A connected stream socket, or -1 and errno. `deadline` is a time of microseconds().
int openSocket(const char *path, uint64_t deadline, bool *isTimeOver);
// The user of this process, and the one who listens at the other end; -1 if the kernel does not say.
int64_t userID();
int64_t peerUserID(int descriptor);
// As recv(2) and send(2) without waiting: -1 and `again` if nothing can be moved now.
long receiveNow(int descriptor, void *bytes, size_t count, bool *again);
long sendNow(int descriptor, const void *bytes, size_t count, bool *again);
// One line on standard error, after "nina: ".
void warn(const char *text, const char *detail = "");
// The same, then the end of the program: 3 without a coprocessor.
[[noreturn]] void fail(const char *text, const char *detail = "", int status = 3);
// The program again from its start, as after a reset of the board.
[[noreturn]] void restart();

// MARK: link.cpp: the lines and the bus of the coprocessor, over the emulator's Unix socket (Protocol/link.md)

void linkOpen();
void linkSelect(bool isSelected);
// The byte that the device shifts out while it takes this one.
uint8_t linkTransfer(uint8_t byte);
// The levels that the host drives.
void linkReset(bool level);
void linkGPIO0(bool level);
// The levels of the device. Where nothing has changed they wait up to 1 ms for the socket, so that a loop does not spin.
bool linkReady();
bool linkIRQ();

// MARK: pins.cpp: which pin is which line

void pinDirection(unsigned pin, bool isOutput);
void pinWrite(unsigned pin, bool level);
bool pinRead(unsigned pin);

}
