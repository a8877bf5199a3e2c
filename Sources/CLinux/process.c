#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static int add_output(posix_spawn_file_actions_t *actions, int target, int source) {
    if (source == CLINUX_OUTPUT_INHERIT)
        return 0;
    if (source == CLINUX_OUTPUT_DISCARD)
        return posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_WRONLY, 0);
    return posix_spawn_file_actions_adddup2(actions, source, target);
}

static int add_actions(posix_spawn_file_actions_t *actions, int output, int error) {
    int result = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (result == 0)
        result = add_output(actions, STDOUT_FILENO, output);
    if (result == 0)
        result = add_output(actions, STDERR_FILENO, error);
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
    // Elsewhere a child has what this process has inherited itself: its own descriptors are closed by O_CLOEXEC.
    if (result == 0)
        result = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
#endif
    return result;
}

static int add_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int result = posix_spawnattr_setsigmask(attributes, &none);
    if (result == 0)
        result = posix_spawnattr_setsigdefault(attributes, &all);
    if (result == 0)
        result = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    return result;
}

int clinux_spawn(const char *path, char *const arguments[], char *const environment[], int output,
                 int error, int32_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int result = posix_spawn_file_actions_init(&actions);
    if (result != 0)
        return result;
    result = posix_spawnattr_init(&attributes);
    if (result != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return result;
    }
    result = add_actions(&actions, output, error);
    if (result == 0)
        result = add_attributes(&attributes);
    pid_t child = 0;
    if (result == 0)
        result = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    *pid = child;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

// What the new process does until it is the program; returns the error number of what failed.
static int become_command(const char *file, char *const arguments[], char *const environment[], pid_t group,
                          pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    // The group may have ended: then so will this process.
    setpgid(0, group);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return errno;
    if (getppid() != parent)
        return ESRCH;
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(file, arguments, environment);
    return errno;
}

int clinux_spawn_command(const char *file, char *const arguments[], char *const environment[], int32_t group,
                         int32_t *pid) {
    int report[2];
    if (clinux_pipe(report) < 0)
        return errno;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        int error = become_command(file, arguments, environment, group, parent);
        ssize_t written = write(report[1], &error, sizeof error);
        _exit(written == sizeof error ? 127 : 126);
    }
    int result = child < 0 ? errno : 0;
    close(report[1]);
    if (child > 0) {
        // The end of the pipe is closed by the program's start.
        ssize_t count;
        do {
            count = read(report[0], &result, sizeof result);
        } while (count < 0 && errno == EINTR);
        if (count != sizeof result)
            result = 0;
        else
            waitpid(child, NULL, 0);
    }
    close(report[0]);
    *pid = child;
    return result;
}

int32_t clinux_fork(void) { return fork(); }

int clinux_adopt_orphans(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    if (sigaction(SIGCHLD, &standard, NULL) < 0)
        return -1;
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int32_t clinux_ended_child(void) {
    siginfo_t info;
    int result;
    do {
        info.si_pid = 0;
        result = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -1 : info.si_pid;
}

int clinux_pipe(int fds[2]) {
    if (pipe2(fds, O_CLOEXEC) < 0)
        return -1;
    for (int index = 0; index < 2; index++) {
        if (fds[index] > STDERR_FILENO)
            continue;
        int moved = fcntl(fds[index], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (moved < 0) {
            int saved = errno;
            close(fds[0]);
            close(fds[1]);
            errno = saved;
            return -1;
        }
        close(fds[index]);
        fds[index] = moved;
    }
    return 0;
}

int clinux_pidfd_open(int32_t pid) { return (int)syscall(SYS_pidfd_open, (pid_t)pid, 0); }

int clinux_reap(int32_t pid, int block, int *signaled, int *code) {
    int status = 0;
    pid_t result;
    do {
        result = waitpid(pid, &status, block ? 0 : WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result <= 0)
        return (int)result;
    *signaled = WIFSIGNALED(status) ? 1 : 0;
    *code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return 1;
}

char *const *clinux_environment(void) { return environ; }
