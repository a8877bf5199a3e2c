#include "emulator.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

pid_t emulator_start(int count)
{
    char devices[16][16], *arguments[2 * 16 + 4] = {"nina-emulator", "--log-level", "warning"};
    int ends[2], used = 3;
    for (int module = 0; module < count; module++) {
        snprintf(devices[module], sizeof devices[module], "/dev/nina%d", module);
        arguments[used++] = "--attach";
        arguments[used++] = devices[module];
    }
    REQUIRE(pipe(ends) == 0);
    pid_t process = fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execv("/bin/nina-emulator", arguments);
        _exit(127);
    }
    close(ends[1]);
    char line[256] = {0};
    for (size_t length = 0; length < sizeof line - 1; length++)
        if (read(ends[0], line + length, 1) != 1 || line[length] == '\n')
            break;
    close(ends[0]);
    CHECK(strncmp(line, "nina-emulator ready /dev/nina0", 30) == 0);
    return process;
}

void process_end(pid_t process, int signal)
{
    kill(process, signal);
    waitpid(process, NULL, 0);
}

int asks_version(struct host *host, int milliseconds)
{
    static const uint8_t command[] = {0xE0, 0x37, 0, 0xEE};
    static const uint8_t reply[] = {0xE0, 0xB7, 1, 6, '3', '.', '5', '.', '0', 0, 0xEE};
    uint8_t rx[16];
    if (!exchange(host, command, sizeof command, rx, sizeof rx, milliseconds))
        return 0;
    // A restarted emulator expects a command and has queued nothing; a killed one is silent.
    if (rx[0] == 0 || rx[0] == 0xFF)
        return 0;
    if (memcmp(rx, reply, sizeof reply) != 0) {
        printf("a wrong reply:");
        for (size_t i = 0; i < sizeof rx; i++)
            printf(" %02X", rx[i]);
        printf("\n");
        checks_failed++;
    }
    return 1;
}
