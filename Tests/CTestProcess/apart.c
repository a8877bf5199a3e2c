#define _GNU_SOURCE
#include "CTestProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct work {
    int64_t user;
    int32_t network;
    void (*function)(void *);
    void *argument;
    int error;
};

static int enter_network(int32_t process) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
    close(fd);
    return error;
}

// The C library's calls change the user of all threads; the system calls that of one.
static int become(uid_t user) {
    if (syscall(SYS_setgroups, (size_t)0, NULL) < 0 || syscall(SYS_setresgid, user, user, user) < 0 ||
        syscall(SYS_setresuid, user, user, user) < 0)
        return errno;
    return 0;
}

static void *run(void *argument) {
    struct work *work = argument;
    if (work->network != 0)
        work->error = enter_network(work->network);
    if (work->error == 0 && work->user >= 0)
        work->error = become((uid_t)work->user);
    if (work->error == 0)
        work->function(work->argument);
    return NULL;
}

int ctest_run_apart(int64_t user, int32_t network, void (*function)(void *), void *argument) {
    struct work work = {user, network, function, argument, 0};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, &work);
    if (error != 0)
        return error;
    pthread_join(thread, NULL);
    return work.error;
}
