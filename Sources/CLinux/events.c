#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const int64_t nanoseconds_per_second = 1000000000;
static const int64_t nanoseconds_per_millisecond = 1000000;

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(epoll, operation, fd, &event);
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, data);
}

int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, data);
}

int clinux_epoll_delete(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

static int wait_milliseconds(int epoll, struct epoll_event *raw, int capacity, int64_t timeout_ns) {
    int64_t limit = INT32_MAX;
    int64_t milliseconds = timeout_ns / nanoseconds_per_millisecond;
    if (timeout_ns % nanoseconds_per_millisecond != 0)
        milliseconds += 1;
    return epoll_wait(epoll, raw, capacity, (int)(milliseconds < limit ? milliseconds : limit));
}

static int wait_nanoseconds(int epoll, struct epoll_event *raw, int capacity, int64_t timeout_ns) {
#ifdef SYS_epoll_pwait2
    struct {
        int64_t seconds;
        int64_t nanoseconds;
    } timeout = {timeout_ns / nanoseconds_per_second, timeout_ns % nanoseconds_per_second};
    int count = (int)syscall(SYS_epoll_pwait2, epoll, raw, capacity, &timeout, NULL, (size_t)0);
    // Kernels before 5.11 do not know the call; some sandboxes forbid it.
    if (count >= 0 || (errno != ENOSYS && errno != EPERM))
        return count;
#endif
    return wait_milliseconds(epoll, raw, capacity, timeout_ns);
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t timeout_ns) {
    struct epoll_event raw[CLINUX_EPOLL_BATCH];
    if (capacity > CLINUX_EPOLL_BATCH)
        capacity = CLINUX_EPOLL_BATCH;
    int count;
    if (timeout_ns < 0)
        count = epoll_wait(epoll, raw, capacity, -1);
    else if (timeout_ns == 0)
        count = epoll_wait(epoll, raw, capacity, 0);
    else
        count = wait_nanoseconds(epoll, raw, capacity, timeout_ns);
    for (int index = 0; index < count; index++) {
        events[index].data = raw[index].data.u64;
        events[index].events = raw[index].events;
    }
    return count;
}

int clinux_eventfd_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t count;
    do {
        count = write(fd, &one, sizeof one);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof one ? 0 : -1;
}

int clinux_timerfd_create(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int clinux_timerfd_arm(int fd, int64_t delay_ns) {
    struct itimerspec value = {.it_value = {.tv_sec = (time_t)(delay_ns / nanoseconds_per_second),
                                            .tv_nsec = (long)(delay_ns % nanoseconds_per_second)}};
    return timerfd_settime(fd, 0, &value, NULL);
}

static void fill(sigset_t *set, const int *signals, size_t count) {
    sigemptyset(set);
    for (size_t index = 0; index < count; index++)
        sigaddset(set, signals[index]);
}

int clinux_signalfd_create(const int *signals, size_t count) {
    sigset_t set;
    fill(&set, signals, count);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_signalfd_read(int fd, int32_t *signal, int32_t *sender) {
    struct signalfd_siginfo info;
    ssize_t count;
    do {
        count = read(fd, &info, sizeof info);
    } while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof info)
        return count < 0 && errno != EAGAIN ? -1 : 0;
    *signal = (int32_t)info.ssi_signo;
    *sender = (int32_t)info.ssi_pid;
    return 1;
}

int clinux_poll(int fd, int events, int64_t timeout_ns) {
    struct pollfd entry = {.fd = fd, .events = (short)events};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / nanoseconds_per_second),
                               .tv_nsec = (long)(timeout_ns % nanoseconds_per_second)};
    int count = ppoll(&entry, 1, timeout_ns < 0 ? NULL : &timeout, NULL);
    if (count <= 0)
        return count;
    if (entry.revents & POLLNVAL) {
        errno = EBADF;
        return -1;
    }
    return (unsigned short)entry.revents;
}

int clinux_poll_two(int first, int second, int64_t timeout_ns) {
    struct pollfd entries[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / nanoseconds_per_second),
                               .tv_nsec = (long)(timeout_ns % nanoseconds_per_second)};
    if (ppoll(entries, 2, timeout_ns < 0 ? NULL : &timeout, NULL) <= 0)
        return 0;
    return (entries[0].revents != 0 ? 1 : 0) | (entries[1].revents != 0 ? 2 : 0);
}
