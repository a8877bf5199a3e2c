#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 32)
#define HAS_ERRNO_NAMES 1
#endif
#endif

const char *clinux_errno_name(int number) {
#ifdef HAS_ERRNO_NAMES
    return strerrorname_np(number);
#else
    (void)number;
    return NULL;
#endif
}

void clinux_errno_text(int number, char *buffer, size_t size) {
    const char *text = NULL;
#ifdef HAS_ERRNO_NAMES
    text = strerrordesc_np(number);
#elif !defined(__GLIBC__)
    // Threads may call musl's, whose texts are constants.
    text = strerror(number);
#endif
    if (text != NULL)
        snprintf(buffer, size, "%s", text);
    else
        snprintf(buffer, size, "Unknown error %d", number);
}

int64_t clinux_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -1;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    return limit.rlim_cur > (rlim_t)INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

uintptr_t clinux_current_thread(void) { return (uintptr_t)pthread_self(); }

int clinux_pin(int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) {
        errno = EINVAL;
        return -1;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

int clinux_current_cpu(void) { return sched_getcpu(); }

int clinux_terminal_columns(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) < 0 ? -1 : size.ws_col;
}

int64_t clinux_ticks_per_second(void) { return sysconf(_SC_CLK_TCK); }

int clinux_interface_is_up(unsigned int flags) { return (flags & IFF_UP) != 0; }

int clinux_start_thread(size_t stack_bytes, void *(*function)(void *), void *argument) {
    pthread_attr_t attributes;
    int result = pthread_attr_init(&attributes);
    if (result != 0)
        return result;
    result = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (result == 0)
        result = pthread_attr_setstacksize(&attributes, stack_bytes);
    if (result == 0) {
        sigset_t all, before;
        pthread_t thread;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        result = pthread_create(&thread, &attributes, function, argument);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return result;
}
