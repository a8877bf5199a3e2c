// Two modules of one kernel module and one emulator, with two hosts at once.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"
#include "support/emulator.h"

static void two_hosts_at_once(void)
{
    enum { COUNT = 300 };
    pid_t children[2];
    uint64_t start = now_ns();
    for (int module = 0; module < 2; module++) {
        children[module] = fork();
        if (children[module] == 0) {
            struct host host;
            host_open(&host, module);
            for (int i = 0; i < COUNT; i++) {
                REQUIRE(asks_version(&host, 2000));
                if (module == 1 && i % 50 == 0)
                    reset_pulse(&host); // must not disturb the other module
            }
            host_close(&host);
            _exit(checked());
        }
    }
    for (int module = 0; module < 2; module++) {
        int status;
        REQUIRE(waitpid(children[module], &status, 0) == children[module]);
        EXPECT(status, 0);
    }
    printf("2 hosts, %.0f windows/s together\n", 4 * COUNT / ((now_ns() - start) / 1e9));
}

static void a_reset_and_a_fault_of_one_leave_the_other_alone(struct host *first, struct host *second)
{
    set_level(first->reset, 0);
    EXPECT(get_level(first->ready), 1);
    REQUIRE(asks_version(second, 2000));
    write_attribute(1, "faults", "miso-ff");
    set_level(first->reset, 1);
    REQUIRE(asks_version(first, 2000));
    write_attribute(1, "faults", "none");
    REQUIRE(asks_version(second, 2000));
}

// Includes pulses so short that the emulator reads several at once.
static void many_resets(struct host *host)
{
    for (int i = 0; i < 200; i++) {
        for (int pulses = i % 5 + 1; pulses > 0; pulses--) {
            set_level(host->reset, 0);
            set_level(host->reset, 1);
        }
        REQUIRE(asks_version(host, 1000));
    }
}

int main(void)
{
    use_one_processor();
    pid_t emulator = emulator_start(2);
    two_hosts_at_once();
    struct host first, second;
    host_open(&first, 0);
    host_open(&second, 1);
    a_reset_and_a_fault_of_one_leave_the_other_alone(&first, &second);
    many_resets(&first);
    host_close(&first);
    host_close(&second);
    process_end(emulator, SIGTERM);
    return checked();
}
