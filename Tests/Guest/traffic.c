// Continuous commands on two modules, while hosts and emulators are killed at random.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"
#include "support/emulator.h"

struct totals {
    unsigned long commands, refused, kills_of_hosts, kills_of_emulators;
};

static struct totals *totals;

// Counts answered commands; a command may fail while there is no emulator, but no reply may be wrong.
static void host_without_end(int module)
{
    struct host host;
    host_open(&host, module);
    reset_pulse(&host);
    for (unsigned turn = 0;; turn++) {
        if (asks_version(&host, 200)) {
            __atomic_add_fetch(&totals->commands, 1, __ATOMIC_RELAXED);
        } else {
            __atomic_add_fetch(&totals->refused, 1, __ATOMIC_RELAXED);
            reset_pulse(&host);
        }
        if (turn % 500 == 499)
            reset_pulse(&host);
        if (checks_failed) {
            fflush(stdout);
            _exit(1);
        }
    }
}

static pid_t start_host(int module)
{
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
        host_without_end(module);
    return child;
}

int main(void)
{
    const char *text = getenv("NINA_SECONDS");
    double seconds = text ? atof(text) : 5;
    totals = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(totals != MAP_FAILED);
    pid_t emulator = emulator_start(2), hosts[2] = {start_host(0), start_host(1)};
    uint64_t end = now_ns() + seconds * 1e9, second = 0;
    srand(2026);
    while (now_ns() < end) {
        // Rare enough for traffic, frequent enough to hit commands.
        usleep(100000 + rand() % 400000);
        int module = rand() % 2, status;
        if (rand() % 3) {
            // A host that ends by itself has found a wrong reply.
            CHECK(waitpid(hosts[module], &status, WNOHANG) == 0);
            process_end(hosts[module], SIGKILL);
            hosts[module] = start_host(module);
            totals->kills_of_hosts++;
        } else {
            process_end(emulator, SIGKILL);
            emulator = emulator_start(2);
            totals->kills_of_emulators++;
        }
        if (checks_failed)
            break;
        if (now_ns() / 60000000000 != second) {
            second = now_ns() / 60000000000;
            printf("%lu commands\n", totals->commands);
            fflush(stdout);
        }
    }
    for (int module = 0; module < 2; module++) {
        CHECK(waitpid(hosts[module], NULL, WNOHANG) == 0);
        process_end(hosts[module], SIGKILL);
    }
    for (int module = 0; module < 2; module++) {
        struct host host;
        host_open(&host, module);
        reset_pulse(&host);
        CHECK(asks_version(&host, 2000));
        host_close(&host);
    }
    process_end(emulator, SIGTERM);
    printf("%lu commands in %.0f s, %lu without an answer, %lu hosts and %lu emulators killed\n", totals->commands, seconds,
           totals->refused, totals->kills_of_hosts, totals->kills_of_emulators);
    CHECK(totals->commands > seconds * 20);
    return checked();
}
