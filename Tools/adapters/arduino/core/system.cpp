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
struct KernelUser {
    int process;
    uint32_t user, group;
};
const long monotonicClock = 1, unixFamily = 1, streamType = 1, closeOnExec = 02000000, nonBlocking = 04000, noWait = 0x40;
const long noSignal = 0x4000, socketLevel = 1, peerOption = 17;
#ifdef SYS_geteuid32
const long userCall = SYS_geteuid32;
#else
const long userCall = SYS_geteuid;
#endif
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

int openSocket(const char *path, uint64_t deadline, bool *isTimeOver) {
    UnixAddress address = {unixFamily, {}};
    strncpy(address.path, path, sizeof address.path - 1);
    const long descriptor = syscall(SYS_socket, unixFamily, streamType | closeOnExec | nonBlocking, 0);
    if (descriptor < 0) return -1;
    while (syscall(SYS_connect, descriptor, &address, sizeof address) < 0) {
        const int error = errno;
        if (error == EINTR) continue;
        *isTimeOver = error == EAGAIN && microseconds() >= deadline;
        if (error != EAGAIN || *isTimeOver) {
            syscall(SYS_close, descriptor);
            errno = error;
            return -1;
        }
        // The queue of the listener is full, which no poll reports.
        sleepMicroseconds(1000);
    }
    return int(descriptor);
}

int64_t userID() { return int64_t(uint32_t(syscall(userCall))); }

int64_t peerUserID(int descriptor) {
    KernelUser peer = {0, 0, 0};
    uint32_t size = sizeof peer;
    return syscall(SYS_getsockopt, descriptor, socketLevel, peerOption, &peer, &size) == 0 ? int64_t(peer.user) : -1;
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
