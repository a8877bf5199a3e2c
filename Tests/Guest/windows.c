// Windows and lines of the kernel module; this program acts as host and as coprocessor.
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support/check.h"
#include "support/device.h"
#include "support/host.h"

#define LIMIT 4092

static struct host host;
static struct device device;

static int all_are(const uint8_t *bytes, size_t count, uint8_t value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return 0;
    return 1;
}

static void lines_have_names(void)
{
    static const char *const names[] = {"nina0-CS", "nina0-READY", "nina0-RESET", "nina0-GPIO0"};
    for (unsigned i = 0; i < 4; i++) {
        struct gpio_v2_line_info info = {.offset = i};
        EXPECT(ioctl(host.chip, GPIO_V2_GET_LINEINFO_IOCTL, &info), 0);
        CHECK(strcmp(info.name, names[i]) == 0);
        EXPECT(!!(info.flags & GPIO_V2_LINE_FLAG_OUTPUT), i == CS || i == RESET);
    }
}

// Without a coprocessor the lines are pulled up and MISO floats.
static void without_power(void)
{
    uint8_t rx[16] = {0};
    EXPECT(get_level(host.ready), 1);
    EXPECT(get_level(host.gpio0), 1);
    window(&host, "command", rx, sizeof rx);
    CHECK(all_are(rx, sizeof rx, 0xFF));
    EXPECT(get_level(host.ready), 1);
}

static void one_program_at_a_time(void)
{
    errno = 0;
    EXPECT(device_file(0), -1);
    EXPECT(errno, EBUSY);
}

static void expect_edge(int line, int id, uint64_t *time)
{
    struct gpio_v2_line_event event = {0};
    EXPECT(wait_edge(line, 1000, &event), id);
    CHECK(event.timestamp_ns >= *time);
    *time = event.timestamp_ns;
}

static void a_command_and_its_reply(void)
{
    static const uint8_t command[] = {0xE0, 0x37, 0, 0xEE}, reply[] = {0xE0, 0xB7, 1, 1, 0x31, 0xEE};
    uint8_t rx[16];
    uint64_t time = 0;
    expect_edge(host.ready, GPIO_V2_LINE_EVENT_FALLING_EDGE, &time); // power on
    time = now_ns();
    set_level(host.cs, 0);
    expect_edge(host.ready, GPIO_V2_LINE_EVENT_RISING_EDGE, &time);
    device_expect_silence(&device); // a window is reported when it has ended
    EXPECT(transfer(host.spi, command, rx, sizeof command, 0), sizeof command);
    CHECK(all_are(rx, sizeof command, 0));
    set_level(host.cs, 1);
    EXPECT(get_level(host.ready), 1);
    struct message message = device_expect(&device, WINDOW, sizeof command);
    CHECK(memcmp(message.payload, command, sizeof command) == 0);

    device_queue(&device, 1, FLAG_REPLY, reply, sizeof reply);
    expect_edge(host.ready, GPIO_V2_LINE_EVENT_FALLING_EDGE, &time);
    EXPECT(get_level(host.ready), 0);
    device_read_reply(&device, &host, 1, rx, sizeof rx);
    CHECK(memcmp(rx, reply, sizeof reply) == 0);
    CHECK(all_are(rx + sizeof reply, sizeof rx - sizeof reply, 0));
}

// A window extends from the falling to the rising edge of CS, in any number of transfers; its MISO bytes were fixed before.
static void a_window_of_many_transfers(void)
{
    uint8_t reply[100], rx[120] = {0};
    for (int i = 0; i < 100; i++)
        reply[i] = i + 1;
    device_queue_reply(&device, &host, 1, reply, sizeof reply);
    set_level(host.cs, 0);
    for (int i = 0; i < 120; i += 8) {
        uint8_t tx[8];
        memset(tx, i, sizeof tx);
        EXPECT(transfer(host.spi, tx, rx + i, 8, 0), 8);
        EXPECT(get_level(host.ready), 1);
    }
    struct spi_ioc_transfer three[3] = {
        {.tx_buf = (uintptr_t) "ab", .len = 2}, {.tx_buf = (uintptr_t) "c", .len = 1}, {.tx_buf = (uintptr_t) "def", .len = 3}};
    EXPECT(ioctl(host.spi, SPI_IOC_MESSAGE(3), three), 6);
    set_level(host.cs, 1);
    CHECK(memcmp(rx, reply, sizeof reply) == 0);
    CHECK(all_are(rx + 100, 20, 0));
    struct message message = device_expect(&device, WINDOW, 126);
    for (int i = 0; i < 120; i++)
        EXPECT(message.payload[i], i / 8 * 8);
    CHECK(memcmp(message.payload + 120, "abcdef", 6) == 0);
    device_queue(&device, 1, 0, NULL, 0);
}

static void windows_without_clocks_and_long_ones(void)
{
    static uint8_t tx[4096], rx[4096], reply[LIMIT];
    set_level(host.cs, 0);
    set_level(host.cs, 1);
    device_expect(&device, WINDOW, 0);
    for (int i = 0; i < LIMIT; i++)
        tx[i] = reply[i] = i * 7 >> 2;
    device_queue(&device, 1, FLAG_REPLY, reply, LIMIT);
    long before = counter(0, "bytes_discarded");
    set_level(host.cs, 0);
    EXPECT(transfer(host.spi, tx, rx, 4096, 0), 4096);
    EXPECT(transfer(host.spi, tx, NULL, 4096, 0), 4096);
    set_level(host.cs, 1);
    CHECK(memcmp(rx, reply, LIMIT) == 0);
    CHECK(all_are(rx + LIMIT, 4, 0));
    struct message message = device_expect(&device, WINDOW, LIMIT);
    CHECK(memcmp(message.payload, tx, LIMIT) == 0);
    EXPECT(counter(0, "bytes_discarded") - before, 2 * 4096 - LIMIT);
    device_queue(&device, 1, 0, NULL, 0);
}

// A host that ignores READY loses its window, and has no other effect.
static void selecting_while_busy(void)
{
    uint8_t rx[4];
    window(&host, "1234", NULL, 4);
    device_expect(&device, WINDOW, 4);
    long lost = counter(0, "windows_lost");
    window(&host, "5678", rx, 4);
    CHECK(all_are(rx, 4, 0));
    EXPECT(counter(0, "windows_lost") - lost, 1);
    device_expect_silence(&device);
    device_queue(&device, 1, FLAG_REPLY, "ok", 2);
    device_read_reply(&device, &host, 1, rx, 2);
    CHECK(memcmp(rx, "ok", 2) == 0);
}

static void not_selected(void)
{
    uint8_t rx[8];
    EXPECT(transfer(host.spi, "12345678", rx, 8, 0), 8);
    CHECK(all_are(rx, 8, 0xFF));
    EXPECT(get_level(host.ready), 0);
    device_expect_silence(&device);
}

static void interrupts(void)
{
    struct gpio_v2_line_event event;
    drain_edges(host.gpio0);
    EXPECT(get_level(host.gpio0), 0);
    EXPECT(device_send(&device, IRQ, 1, NULL, 0), 4);
    EXPECT(wait_edge(host.gpio0, 1000, &event), GPIO_V2_LINE_EVENT_RISING_EDGE);
    EXPECT(get_level(host.gpio0), 1);
    EXPECT(device_send(&device, IRQ, 0, NULL, 0), 4);
    EXPECT(wait_edge(host.gpio0, 1000, &event), GPIO_V2_LINE_EVENT_FALLING_EDGE);
    window(&host, "x", NULL, 1);
    device_expect(&device, WINDOW, 1);
    device_queue(&device, 1, FLAG_REPLY | FLAG_IRQ, "y", 1);
    EXPECT(wait_edge(host.gpio0, 1000, &event), GPIO_V2_LINE_EVENT_RISING_EDGE);
    window(&host, "z", NULL, 1);
    device_expect(&device, WINDOW, 1);
    device_queue(&device, 1, 0, NULL, 0);
    EXPECT(get_level(host.gpio0), 0);
}

// While no program holds the CS line as an output, the controller's own chip select selects the module.
static void the_controllers_own_chip_select(void)
{
    uint8_t rx[8], mode = SPI_MODE_0;
    close(host.cs);
    EXPECT(transfer(host.spi, "12345678", rx, 8, 0), 8); // SPI_NO_CS
    CHECK(all_are(rx, 8, 0xFF));
    EXPECT(ioctl(host.spi, SPI_IOC_WR_MODE, &mode), 0);
    EXPECT(transfer(host.spi, "12345678", rx, 8, 0), 8);
    CHECK(all_are(rx, 8, 0));
    device_expect(&device, WINDOW, 8);
    device_queue(&device, 1, FLAG_REPLY, "reply", 5);
    struct spi_ioc_transfer two[2] = {
        {.rx_buf = (uintptr_t)rx, .len = 3, .cs_change = 1}, {.rx_buf = (uintptr_t)(rx + 3), .len = 3}};
    EXPECT(ioctl(host.spi, SPI_IOC_MESSAGE(2), two), 6);
    CHECK(memcmp(rx, "rep\0\0\0", 6) == 0); // two windows, the second of which was too early
    device_expect(&device, WINDOW, 3);
    device_expect_silence(&device);
    device_queue(&device, 1, 0, NULL, 0);
    host.cs = request_output(host.chip, CS, 1);
    REQUIRE(host.cs >= 0);
    EXPECT(transfer(host.spi, "12345678", rx, 8, 0), 8); // the line selects again
    CHECK(all_are(rx, 8, 0xFF));
    device_expect_silence(&device);
    mode |= SPI_NO_CS;
    EXPECT(ioctl(host.spi, SPI_IOC_WR_MODE, &mode), 0);
}

// A host that ends within a window releases CS: the coprocessor receives the bytes clocked so far.
static void letting_go_of_chip_select(void)
{
    set_level(host.cs, 0);
    EXPECT(transfer(host.spi, "12", NULL, 2, 0), 2);
    close(host.cs);
    device_expect(&device, WINDOW, 2);
    host.cs = request_output(host.chip, CS, 1);
    REQUIRE(host.cs >= 0);
    device_queue(&device, 1, FLAG_REPLY, NULL, 0);
    window(&host, NULL, NULL, 0);
    device_expect(&device, WINDOW, 0);
    device_queue(&device, 1, 0, NULL, 0);
}

static void power_off_within_a_window(void)
{
    uint8_t rx[4];
    device_queue_reply(&device, &host, 1, "abcd", 4);
    set_level(host.cs, 0);
    transfer(host.spi, NULL, rx, 2, 0);
    device_close(&device);
    transfer(host.spi, NULL, rx + 2, 2, 0);
    CHECK(memcmp(rx, "ab\xFF\xFF", 4) == 0);
    set_level(host.cs, 1);
    EXPECT(get_level(host.ready), 1);
    EXPECT(get_level(host.gpio0), 1);
    device_start(&device, 0);
    device_expect_silence(&device);
    EXPECT(get_level(host.ready), 0);
}

int main(void)
{
    host_open(&host, 0);
    lines_have_names();
    without_power();
    device_start(&device, 0);
    one_program_at_a_time();
    a_command_and_its_reply();
    a_window_of_many_transfers();
    windows_without_clocks_and_long_ones();
    selecting_while_busy();
    not_selected();
    interrupts();
    the_controllers_own_chip_select();
    letting_go_of_chip_select();
    power_off_within_a_window();
    EXPECT(request_output(host.chip, READY, 0), -1);
    device_close(&device);
    host_close(&host);
    return checked();
}
