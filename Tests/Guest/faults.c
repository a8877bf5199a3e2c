// The injectable faults of the kernel module, and clocks that are too fast or in the wrong mode.
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support/check.h"
#include "support/device.h"
#include "support/host.h"

static struct host host;
static struct device device;

static void faults(const char *text)
{
    write_attribute(0, "faults", text);
}

static void expect_faults(const char *expected)
{
    char text[128];
    read_attribute(0, "faults", text, sizeof text);
    if (strcmp(text, expected) != 0) {
        printf("faults are '%s', not '%s'\n", text, expected);
        checks_failed++;
    }
}

static void names(void)
{
    expect_faults("none");
    faults("miso-ff irq-low\n");
    expect_faults("miso-ff irq-low");
    int file = open("/sys/devices/platform/nina.0/faults", O_WRONLY);
    errno = 0;
    EXPECT(write(file, "ready-high nonsense", 19), -1);
    EXPECT(errno, EINVAL);
    close(file);
    expect_faults("miso-ff irq-low"); // unchanged
    faults("none");
    expect_faults("none");
}

static void ready(void)
{
    struct gpio_v2_line_event event;
    drain_edges(host.ready);
    faults("ready-high");
    EXPECT(wait_edge(host.ready, 1000, &event), GPIO_V2_LINE_EVENT_RISING_EDGE);
    EXPECT(get_level(host.ready), 1);
    faults("ready-low");
    EXPECT(wait_edge(host.ready, 1000, &event), GPIO_V2_LINE_EVENT_FALLING_EDGE);
    set_level(host.cs, 0);
    EXPECT(get_level(host.ready), 0);
    set_level(host.cs, 1);
    device_expect(&device, WINDOW, 0);
    device_queue(&device, 1, 0, NULL, 0);
    set_level(host.reset, 0);
    EXPECT(get_level(host.ready), 0);
    set_level(host.reset, 1);
    device_expect(&device, PINS, 1);
    device_expect(&device, PINS, 1);
    device_queue(&device, 2, 0, NULL, 0);

    faults("ready-never-rises");
    EXPECT(get_level(host.ready), 0);
    set_level(host.cs, 0);
    EXPECT(get_level(host.ready), 0);
    set_level(host.cs, 1);
    device_expect(&device, WINDOW, 0);
    set_level(host.reset, 0);
    EXPECT(get_level(host.ready), 1); // the coprocessor does not run
    set_level(host.reset, 1);
    device_expect(&device, PINS, 1);
    device_expect(&device, PINS, 1);
    EXPECT(get_level(host.ready), 1);
    device_queue(&device, 1, 0, NULL, 0);
    EXPECT(get_level(host.ready), 0);
    faults("none");
}

static void miso(void)
{
    uint8_t rx[4];
    device_queue_reply(&device, &host, 1, "abcd", 4);
    faults("miso-ff");
    device_read_reply(&device, &host, 1, rx, 4);
    CHECK(memcmp(rx, "\xFF\xFF\xFF\xFF", 4) == 0);
    faults("miso-00");
    device_queue_reply(&device, &host, 1, "abcd", 4);
    device_read_reply(&device, &host, 1, rx, 4);
    CHECK(memcmp(rx, "\0\0\0\0", 4) == 0);
    EXPECT(transfer(host.spi, NULL, rx, 4, 0), 4);
    CHECK(memcmp(rx, "\0\0\0\0", 4) == 0);
    faults("none");
}

static void interrupt(void)
{
    device_send(&device, IRQ, 1, NULL, 0);
    EXPECT(get_level(host.gpio0), 1);
    faults("irq-low");
    EXPECT(get_level(host.gpio0), 0);
    device_send(&device, IRQ, 0, NULL, 0);
    faults("irq-high");
    EXPECT(get_level(host.gpio0), 1);
    faults("none");
    EXPECT(get_level(host.gpio0), 0);
}

static void resistor(int line, uint64_t flag)
{
    struct gpio_v2_line_config config = {
        .flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING | flag};
    EXPECT(ioctl(line, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config), 0);
}

// A line follows the host's bias resistors if and only if it is open, with edges.
static void open_lines(void)
{
    static const char *const names[] = {"ready-open", "irq-open"};
    for (int i = 0; i < 2; i++) {
        struct gpio_v2_line_event event;
        int line = i ? host.gpio0 : host.ready;
        EXPECT(get_level(line), 0);
        resistor(line, GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
        EXPECT(get_level(line), 0);
        drain_edges(line);
        faults(names[i]);
        EXPECT(wait_edge(line, 1000, &event), GPIO_V2_LINE_EVENT_RISING_EDGE);
        EXPECT(get_level(line), 1);
        resistor(line, 0); // bias as is: unchanged
        EXPECT(get_level(line), 1);
        resistor(line, GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN);
        EXPECT(get_level(line), 0);
        device_send(&device, IRQ, 1, NULL, 0);
        EXPECT(get_level(line), 0);
        device_send(&device, IRQ, 0, NULL, 0);
        faults("none");
        EXPECT(get_level(line), 0);
        drain_edges(line);
    }
}

static void wires(void)
{
    uint8_t rx[4];
    faults("mosi-ff");
    window(&host, "abcd", NULL, 4);
    struct message message = device_expect(&device, WINDOW, 4);
    CHECK(memcmp(message.payload, "\xFF\xFF\xFF\xFF", 4) == 0);
    device_queue(&device, 1, 0, NULL, 0);
    faults("cs-open");
    window(&host, "x", rx, 1);
    EXPECT(rx[0], 0xFF);
    EXPECT(get_level(host.ready), 0);
    device_expect_silence(&device);
    faults("reset-open");
    set_level(host.reset, 0);
    set_level(host.reset, 1);
    device_expect_silence(&device);
    device_queue_reply(&device, &host, 1, "abcd", 4);
    device_read_reply(&device, &host, 1, rx, 4);
    CHECK(memcmp(rx, "abcd", 4) == 0);
    faults("none");
}

// Each bit arrives one position late, across bytes and transfers.
static void a_clock_that_is_too_fast(void)
{
    uint8_t rx[4];
    write_attribute(0, "max_hz", "10000000");
    device_queue_reply(&device, &host, 1, "\xE0\xB7\x01\x80", 4);
    set_level(host.cs, 0);
    EXPECT(transfer(host.spi, NULL, rx, 2, 20000000), 2);
    EXPECT(transfer(host.spi, NULL, rx + 2, 2, 20000000), 2);
    set_level(host.cs, 1);
    CHECK(memcmp(rx, "\x70\x5B\x80\xC0", 4) == 0);
    device_expect(&device, WINDOW, 4);
    device_queue(&device, 1, 0, NULL, 0);
    device_queue_reply(&device, &host, 1, "\xE0\xB7\x01\x80", 4);
    device_read_reply(&device, &host, 1, rx, 4); // at 8 MHz
    CHECK(memcmp(rx, "\xE0\xB7\x01\x80", 4) == 0);
    write_attribute(0, "max_hz", "0");
}

static void a_wrong_mode(void)
{
    uint8_t rx[4], mode = SPI_MODE_1 | SPI_NO_CS;
    EXPECT(ioctl(host.spi, SPI_IOC_WR_MODE, &mode), 0);
    set_level(host.cs, 0);
    EXPECT(transfer(host.spi, "\xE0\x37", NULL, 2, 0), 2);
    EXPECT(transfer(host.spi, "\x01\xEE", NULL, 2, 0), 2);
    set_level(host.cs, 1);
    struct message message = device_expect(&device, WINDOW, 4);
    CHECK(memcmp(message.payload, "\x70\x1B\x80\xF7", 4) == 0);
    device_queue(&device, 1, FLAG_REPLY, "\xE0\xB7\x01\x80", 4);
    device_read_reply(&device, &host, 1, rx, 4);
    CHECK(memcmp(rx, "\x70\x5B\x80\xC0", 4) == 0);
    mode = SPI_MODE_0 | SPI_NO_CS;
    EXPECT(ioctl(host.spi, SPI_IOC_WR_MODE, &mode), 0);
    uint8_t bits = 16;
    errno = 0;
    EXPECT(ioctl(host.spi, SPI_IOC_WR_BITS_PER_WORD, &bits), -1);
    EXPECT(errno, EINVAL);
}

static void other_modules_are_in_order(void)
{
    char text[64];
    read_attribute(1, "faults", text, sizeof text);
    CHECK(strcmp(text, "none") == 0);
}

int main(void)
{
    host_open(&host, 0);
    device_start(&device, 0);
    names();
    faults("none");
    miso();
    interrupt();
    open_lines();
    wires();
    a_clock_that_is_too_fast();
    a_wrong_mode();
    other_modules_are_in_order();
    ready();
    device_close(&device);
    faults("ready-low");
    EXPECT(get_level(host.ready), 0);
    host_close(&host);
    return checked();
}
