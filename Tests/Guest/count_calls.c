// Counts the system calls of a program between its calls of getppid: count_calls COMMANDS LIMIT PROGRAM ARGUMENTS. Fails when there
// are more than LIMIT for each of the COMMANDS. Child processes are not counted.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

enum { MOST = 512 };

static unsigned long counts[MOST];

static const char *name(unsigned long number)
{
    static char text[16];
    switch (number) {
    case SYS_ioctl: return "ioctl";
    case SYS_ppoll: return "ppoll";
    case SYS_poll: return "poll";
    case SYS_read: return "read";
    case SYS_clock_gettime: return "clock_gettime";
    }
    snprintf(text, sizeof text, "number %lu", number);
    return text;
}

static void report(unsigned long commands, unsigned long limit)
{
    unsigned long total = 0;
    for (int i = 0; i < MOST; i++)
        total += counts[i];
    printf("system calls per status command: %.2f (", (double)total / commands);
    const char *between = "";
    for (int i = 0; i < MOST; i++) {
        if (counts[i] == 0)
            continue;
        printf("%s%.2f %s", between, (double)counts[i] / commands, name(i));
        between = ", ";
    }
    printf("), counted over %lu\n", commands);
    CHECK(total > commands && total <= limit * commands);
}

int main(int count, char **arguments)
{
    REQUIRE(count > 3);
    unsigned long commands = strtoul(arguments[1], NULL, 10), limit = strtoul(arguments[2], NULL, 10);
    int status, reports = 0, counting = 0;
    setenv("NINA_COMMANDS", arguments[1], 1);
    fflush(stdout);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execv(arguments[3], arguments + 3);
        _exit(127);
    }
    REQUIRE(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    REQUIRE(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0);
    int signal = 0;
    while (ptrace(PTRACE_SYSCALL, child, NULL, signal) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        signal = 0;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            // Passes a signal on, except the one that reports the execv.
            if (WSTOPSIG(status) != SIGTRAP)
                signal = WSTOPSIG(status);
            continue;
        }
        struct __ptrace_syscall_info info = {0};
        REQUIRE(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0);
        if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
            continue;
        if (info.entry.nr == SYS_getppid) {
            if (counting) {
                report(commands, limit);
                reports++;
            }
            counting = !counting;
        } else if (counting && info.entry.nr < MOST) {
            counts[info.entry.nr]++;
        }
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(reports, 1);
    return checked();
}
