// `swift test` starts the test process in a process group of its own, and the tests start their emulators and servers
// in groups of their own: a signal for `swift test`, or for its group, reaches none of them. So a guard process is
// forked before the tests begin. When `swift test` ends, the guard kills the test process; when the test process ends,
// for any reason, it kills the processes that the tests have started, which it recognizes by an environment variable.
#define _GNU_SOURCE
#include "CTestProcess.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static const char variable[] = "NINA_TEST_PROCESS";

static int open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

// Whether a process was started with this entry in its environment.
static int has_entry(const char *process, const char *entry) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/environ", process);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    char *line = NULL;
    size_t capacity = 0;
    int found = 0;
    while (!found && getdelim(&line, &capacity, 0, file) > 0)
        found = strcmp(line, entry) == 0;
    free(line);
    fclose(file);
    return found;
}

// Kills all processes with this entry; returns their number.
static int kill_all(const char *entry) {
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return 0;
    int count = 0;
    for (struct dirent *item; (item = readdir(folder)) != NULL;) {
        if (!isdigit((unsigned char)item->d_name[0]) || !has_entry(item->d_name, entry))
            continue;
        kill((pid_t)atoi(item->d_name), SIGKILL);
        count++;
    }
    closedir(folder);
    return count;
}

static void guard(int test, pid_t test_process, int parent, const char *entry) {
    struct pollfd ends[] = {{.fd = test, .events = POLLIN}, {.fd = parent, .events = POLLIN}};
    while (poll(ends, 2, -1) < 0)
        continue;
    if (ends[0].revents == 0)
        kill(test_process, SIGKILL);
    // A process killed while it starts another one: the next round finds that one.
    for (int round = 0; round < 10 && kill_all(entry) > 0; round++)
        usleep(20000);
    _exit(0);
}

// The guard is not a child of the test process, which waits only for its own children.
__attribute__((constructor)) static void start_guard(void) {
    pid_t test_process = getpid();
    char entry[64];
    snprintf(entry, sizeof entry, "%s=%d", variable, test_process);
    setenv(variable, strchr(entry, '=') + 1, 1);
    pid_t parent_process = getppid();
    int test = open_process(test_process), parent = open_process(parent_process);
    // Kernels before 5.3 have no pidfd_open: no guard then.
    if (test < 0 || parent < 0) {
        close(test);
        close(parent);
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        if (fork() != 0)
            _exit(0);
        // Out of reach of signals for the group, and without the pipes of `swift test`, which waits until they are
        // closed.
        setsid();
        prctl(PR_SET_NAME, "nina-test-guard");
        for (int fd = 0; fd < 1024; fd++)
            if (fd != test && fd != parent)
                close(fd);
        guard(test, test_process, parent, entry);
    }
    close(test);
    close(parent);
    if (child > 0)
        waitpid(child, NULL, 0);
}
