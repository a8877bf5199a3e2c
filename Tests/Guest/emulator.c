// nina-emulator behind the kernel module, and a host on spidev and GPIO lines as on a Raspberry Pi.
#include <signal.h>
#include <unistd.h>

#include "support/check.h"
#include "support/emulator.h"

static struct host host;

static void commands(void)
{
    enum { COUNT = 1000 };
    host.edges = 0;
    uint64_t start = now_ns();
    for (int i = 0; i < COUNT; i++)
        REQUIRE(asks_version(&host, 1000));
    double seconds = (now_ns() - start) / 1e9;
    printf("%d commands, %.0f windows/s, %.0f us per window\n", COUNT, 2 * COUNT / seconds, seconds * 1e6 / 2 / COUNT);
}

// Every window has its two edges of READY, in order of time; the pulse is as long as the coprocessor takes.
static void edges_have_times(void)
{
    struct gpio_v2_line_event event;
    uint64_t before = 0;
    REQUIRE(wait_ready(&host, 0, 1000));
    drain_edges(host.ready);
    for (int i = 0; i < 100; i++) {
        uint8_t rx[16];
        uint64_t selected = now_ns();
        set_level(host.cs, 0);
        EXPECT(wait_edge(host.ready, 1000, &event), GPIO_V2_LINE_EVENT_RISING_EDGE);
        CHECK(event.timestamp_ns > before && event.timestamp_ns >= selected);
        before = event.timestamp_ns;
        transfer(host.spi, i % 2 ? NULL : "\xE0\x37\x00\xEE", rx, i % 2 ? 16 : 4, 0);
        set_level(host.cs, 1);
        EXPECT(wait_edge(host.ready, 1000, &event), GPIO_V2_LINE_EVENT_FALLING_EDGE);
        CHECK(event.timestamp_ns > before);
        before = event.timestamp_ns;
    }
}

static void reset_within_a_reply(void)
{
    uint8_t rx[16];
    for (int i = 0; i < 20; i++) {
        REQUIRE(wait_ready(&host, 0, 1000));
        window(&host, "\xE0\x37\x00\xEE", NULL, 4);
        REQUIRE(wait_ready(&host, 0, 1000));
        set_level(host.cs, 0);
        EXPECT(transfer(host.spi, NULL, rx, 4, 0), 4);
        CHECK(memcmp(rx, "\xE0\xB7\x01\x06", 4) == 0);
        set_level(host.reset, 0);
        EXPECT(get_level(host.ready), 1);
        EXPECT(transfer(host.spi, NULL, rx, 4, 0), 4);
        CHECK(memcmp(rx, "\xFF\xFF\xFF\xFF", 4) == 0);
        set_level(host.cs, 1);
        usleep(i * 100);
        set_level(host.reset, 1);
        REQUIRE(asks_version(&host, 1000));
    }
}

// Also with pulses so short that the emulator hears of several at once.
static void many_resets(void)
{
    for (int i = 0; i < 200; i++) {
        int pulses = i % 5 + 1;
        while (pulses--) {
            set_level(host.reset, 0);
            set_level(host.reset, 1);
        }
        REQUIRE(asks_version(&host, 1000));
    }
}

static pid_t killed_emulator(pid_t emulator)
{
    for (int i = 0; i < 10; i++) {
        REQUIRE(wait_ready(&host, 0, 1000));
        window(&host, "\xE0\x37\x00\xEE", NULL, 4);
        if (i % 2)
            REQUIRE(wait_ready(&host, 0, 1000));
        process_end(emulator, SIGKILL);
        EXPECT(get_level(host.ready), 1);
        EXPECT(get_level(host.gpio0), 1);
        CHECK(!asks_version(&host, 20));
        emulator = emulator_start(1);
        REQUIRE(asks_version(&host, 1000));
    }
    return emulator;
}

static void killed_host(void)
{
    for (int i = 0; i < 20; i++) {
        host_close(&host);
        pid_t child = fork();
        if (child == 0) {
            host_open(&host, 0);
            if (i % 4 == 3)
                set_level(host.reset, 0);
            set_level(host.cs, 0);
            for (;;)
                transfer(host.spi, "\xE0\x37\x00\xEE", NULL, 4, 0);
        }
        usleep(5000 + 500 * i);
        process_end(child, SIGKILL);
        host_open(&host, 0);
        reset_pulse(&host);
        REQUIRE(asks_version(&host, 1000));
    }
}

int main(void)
{
    use_one_processor();
    host_open(&host, 0);
    pid_t emulator = emulator_start(1);
    commands();
    edges_have_times();
    reset_within_a_reply();
    many_resets();
    emulator = killed_emulator(emulator);
    killed_host();
    process_end(emulator, SIGTERM);
    host_close(&host);
    return checked();
}
