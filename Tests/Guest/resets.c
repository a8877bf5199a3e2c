// RESET, the lines that the host drives, and data that a reset makes stale; this program acts as host and as coprocessor.
#include <unistd.h>

#include "support/check.h"
#include "support/device.h"
#include "support/host.h"

enum { RUNNING = 1, GPIO0_HIGH = 2, SELECTED = 4 };

static struct host host;
static struct device device;

static void expect_pins(int levels)
{
    struct message message = device_expect(&device, PINS, 1);
    if (message.length == 1)
        EXPECT(message.payload[0], levels);
}

static void a_reset(void)
{
    uint8_t rx[2];
    set_level(host.reset, 0);
    EXPECT(get_level(host.ready), 1);
    window(&host, NULL, rx, 2);
    CHECK(memcmp(rx, "\xFF\xFF", 2) == 0);
    expect_pins(GPIO0_HIGH);
    device_queue(&device, 2, 0, NULL, 0); // dropped: RESET is low
    EXPECT(get_level(host.ready), 1);
    set_level(host.reset, 1);
    device_queue(&device, 2, 0, NULL, 0); // dropped: the coprocessor has not yet read that RESET is high
    EXPECT(get_level(host.ready), 1);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_queue(&device, 1, 0, NULL, 0); // dropped: its boot count is from before the reset
    EXPECT(get_level(host.ready), 1);
    EXPECT(get_level(host.gpio0), 1); // not driven yet
    device_queue(&device, 2, 0, NULL, 0);
    EXPECT(get_level(host.gpio0), 0);
    EXPECT(counter(0, "queued_stale"), 3);
    device_serve(&device, &host, 2);
}

// Any number of pulses: one low and one high are reported.
static void pulses(void)
{
    for (int i = 0; i < 50; i++) {
        set_level(host.reset, 0);
        set_level(host.reset, 1);
    }
    device_queue(&device, 2, FLAG_REPLY, "old", 3);
    EXPECT(get_level(host.ready), 1);
    expect_pins(GPIO0_HIGH);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_expect_silence(&device);
    device_queue(&device, 3, 0, NULL, 0);
    device_serve(&device, &host, 3);
    // Low, high and low again without a read in between: no change is reported.
    set_level(host.reset, 0);
    expect_pins(GPIO0_HIGH);
    set_level(host.reset, 1);
    set_level(host.reset, 0);
    device_expect_silence(&device);
    set_level(host.reset, 1);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_queue(&device, 4, 0, NULL, 0);
    device_serve(&device, &host, 4);
}

static void a_reset_drops_an_unread_window(void)
{
    window(&host, "lost", NULL, 4);
    set_level(host.reset, 0);
    set_level(host.reset, 1);
    expect_pins(GPIO0_HIGH);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_expect_silence(&device);
    device_queue(&device, 5, 0, NULL, 0);
    device_serve(&device, &host, 5);
}

static void a_reset_within_a_window(void)
{
    uint8_t rx[2];
    device_queue_reply(&device, &host, 5, "reply", 5);
    set_level(host.cs, 0);
    transfer(host.spi, NULL, rx, 2, 0);
    CHECK(memcmp(rx, "re", 2) == 0);
    set_level(host.reset, 0);
    transfer(host.spi, NULL, rx, 2, 0);
    CHECK(memcmp(rx, "\xFF\xFF", 2) == 0);
    expect_pins(GPIO0_HIGH | SELECTED);
    set_level(host.reset, 1);
    // Chip select low at this edge requests Bluetooth.
    expect_pins(GPIO0_HIGH | RUNNING | SELECTED);
    device_queue(&device, 6, 0, NULL, 0);
    EXPECT(get_level(host.ready), 0);
    transfer(host.spi, NULL, rx, 2, 0);
    CHECK(memcmp(rx, "\0\0", 2) == 0); // the rest of the window is dropped
    set_level(host.cs, 1);
    device_expect_silence(&device);
    device_serve(&device, &host, 6);
}

// The coprocessor restarts without a RESET.
static void a_restart_without_a_reset(void)
{
    uint8_t rx[2];
    device_queue_reply(&device, &host, 6, "reply", 5);
    set_level(host.cs, 0);
    transfer(host.spi, NULL, rx, 2, 0);
    device_queue(&device, 7, 0, NULL, 0);
    transfer(host.spi, NULL, rx, 2, 0);
    CHECK(memcmp(rx, "\0\0", 2) == 0);
    set_level(host.cs, 1);
    device_expect_silence(&device);
    device_serve(&device, &host, 7);
}

static void gpio0_of_the_host(void)
{
    close(host.gpio0);
    host.gpio0 = request_output(host.chip, GPIO0, 0);
    REQUIRE(host.gpio0 >= 0);
    expect_pins(RUNNING);
    EXPECT(get_level(host.gpio0), 0);
    for (int i = 0; i < 51; i++)
        set_level(host.gpio0, i % 2 == 0);
    expect_pins(RUNNING | GPIO0_HIGH);
    device_expect_silence(&device);
    set_level(host.gpio0, 0);
    close(host.gpio0); // pulled up
    device_expect_silence(&device);
    host.gpio0 = request_input(host.chip, GPIO0, BOTH_EDGES);
    REQUIRE(host.gpio0 >= 0);
    EXPECT(get_level(host.gpio0), 0);
    device_serve(&device, &host, 7);
}

static void reset_before_power_on(void)
{
    device_close(&device);
    set_level(host.reset, 0);
    device_start(&device, 0);
    EXPECT(get_level(host.ready), 1);
    expect_pins(GPIO0_HIGH);
    set_level(host.reset, 1);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_queue(&device, 2, 0, NULL, 0);
    device_serve(&device, &host, 2);
    device_close(&device);
    // A reset that ended before the first read is reported too.
    set_level(host.reset, 0);
    device_open(&device, 0);
    set_level(host.reset, 1);
    EXPECT(device_send(&device, DEVICE_HELLO, 0, "NINA\1", 5), 9);
    device_queue(&device, 1, 0, NULL, 0);
    EXPECT(get_level(host.ready), 1);
    device_expect(&device, HOST_HELLO, 5);
    expect_pins(GPIO0_HIGH);
    expect_pins(GPIO0_HIGH | RUNNING);
    device_queue(&device, 2, 0, NULL, 0);
    device_serve(&device, &host, 2);
}

static void a_host_that_goes_lets_go_of_reset(void)
{
    set_level(host.reset, 0);
    expect_pins(GPIO0_HIGH);
    close(host.reset);
    expect_pins(GPIO0_HIGH | RUNNING);
    host.reset = request_output(host.chip, RESET, 1);
    REQUIRE(host.reset >= 0);
    device_expect_silence(&device);
    device_queue(&device, 3, 0, NULL, 0);
    device_serve(&device, &host, 3);
}

int main(void)
{
    host_open(&host, 0);
    device_start(&device, 0);
    device_serve(&device, &host, 1);
    a_reset();
    pulses();
    a_reset_drops_an_unread_window();
    a_reset_within_a_window();
    a_restart_without_a_reset();
    gpio0_of_the_host();
    reset_before_power_on();
    a_host_that_goes_lets_go_of_reset();
    device_close(&device);
    host_close(&host);
    return checked();
}
