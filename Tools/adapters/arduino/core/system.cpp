// The system calls of the core.
#include "nina_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

extern "C" long syscall(long number, ...);
extern "C" char **environ;

namespace nina {

namespace {

// The kernel's types for calls whose C library types depend on macros; `long` is right for 32 bits and for 64.
struct KernelTime {
    long seconds, nanoseconds;
};
struct KernelPoll {
    int descriptor;
    short events, result;
};
struct UnixAddress {
    uint16_t family;
    char path[108];
};
const long monotonicClock = 1, unixFamily = 1, streamType = 1, closeOnExec = 02000000, noWait = 0x40, noSignal = 0x4000;
const short canRead = 1, canWrite = 4;

uint64_t clockMicroseconds() {
    KernelTime time = {0, 0};
    syscall(SYS_clock_gettime, monotonicClock, &time);
    return uint64_t(time.seconds) * 1000000 + uint64_t(time.nanoseconds) / 1000;
}

}

uint64_t microseconds() {
    static const uint64_t start = clockMicroseconds();
    return clockMicroseconds() - start;
}

void sleepMicroseconds(uint64_t count) {
    const uint64_t end = microseconds() + count;
    for (uint64_t now = microseconds(); now < end; now = microseconds()) {
        const uint64_t rest = end - now;
        KernelTime time = {long(rest / 1000000), long(rest % 1000000) * 1000};
        syscall(SYS_nanosleep, &time, nullptr);
    }
}

bool waitFor(int descriptor, bool toWrite, uint64_t limit) {
    KernelPoll poll = {descriptor, toWrite ? canWrite : canRead, 0};
    KernelTime time = {long(limit / 1000000), long(limit % 1000000) * 1000};
    return syscall(SYS_ppoll, &poll, 1, &time, nullptr, 0) > 0;
}

long readBytes(int descriptor, void *bytes, size_t count) {
    long result;
    do result = syscall(SYS_read, descriptor, bytes, count);
    while (result < 0 && errno == EINTR);
    return result;
}

long writeBytes(int descriptor, const void *bytes, size_t count) {
    long result;
    do result = syscall(SYS_write, descriptor, bytes, count);
    while (result < 0 && errno == EINTR);
    return result;
}

int openSocket(const char *path, int *error) {
    UnixAddress address = {unixFamily, {}};
    if (strlen(path) >= sizeof address.path) {
        *error = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.path, path);
    const long descriptor = syscall(SYS_socket, unixFamily, streamType | closeOnExec, 0);
    if (descriptor >= 0 && syscall(SYS_connect, descriptor, &address, sizeof address) == 0) return int(descriptor);
    *error = errno;
    if (descriptor >= 0) syscall(SYS_close, descriptor);
    return -1;
}

long receiveNow(int descriptor, void *bytes, size_t count, bool *again) {
    long result;
    do result = syscall(SYS_recvfrom, descriptor, bytes, count, noWait, nullptr, nullptr);
    while (result < 0 && errno == EINTR);
    *again = result < 0 && errno == EAGAIN;
    return result;
}

long sendNow(int descriptor, const void *bytes, size_t count, bool *again) {
    long result;
    do result = syscall(SYS_sendto, descriptor, bytes, count, noWait | noSignal, nullptr, 0);
    while (result < 0 && errno == EINTR);
    *again = result < 0 && errno == EAGAIN;
    return result;
}

void warn(const char *text, const char *detail) {
    char line[512] = "nina: ";
    strncat(line, text, 300);
    strncat(line, detail, 150);
    strcat(line, "\n");
    writeBytes(2, line, strlen(line));
}

void fail(const char *text, const char *detail, int status) {
    warn(text, detail);
    syscall(SYS_exit_group, status);
    abort();
}

void restart() {
    char name[] = "sketch";
    char *arguments[] = {name, nullptr};
    syscall(SYS_execve, "/proc/self/exe", arguments, environ);
    fail("the program cannot be started again: ", strerror(errno), 1);
}

}
