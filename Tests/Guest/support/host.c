#define _GNU_SOURCE
#include "host.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/spi/spidev.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"

int checks_failed;

#define PLATFORM "/sys/devices/platform/nina.%d/"

int open_spi(int module)
{
    char pattern[128], path[64];
    glob_t found;
    snprintf(pattern, sizeof pattern, PLATFORM "spi_master/spi*/spi*.0/spidev/spidev*", module);
    REQUIRE(glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 1);
    snprintf(path, sizeof path, "/dev%s", strrchr(found.gl_pathv[0], '/'));
    globfree(&found);
    int spi = open(path, O_RDWR | O_CLOEXEC);
    REQUIRE(spi >= 0);
    return spi;
}

int open_chip(int module)
{
    char label[32];
    snprintf(label, sizeof label, "nina-gpio.%d", module);
    for (int number = 0; number < 64; number++) {
        struct gpiochip_info info;
        char path[32];
        snprintf(path, sizeof path, "/dev/gpiochip%d", number);
        int chip = open(path, O_RDWR | O_CLOEXEC);
        if (chip < 0)
            continue;
        if (ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info) == 0 && strcmp(info.label, label) == 0)
            return chip;
        close(chip);
    }
    REQUIRE(!"a gpiochip of that label");
    return -1;
}

static int request(int chip, struct gpio_v2_line_request *request, enum line line)
{
    request->offsets[0] = line;
    request->num_lines = 1;
    strcpy(request->consumer, "guest test");
    return ioctl(chip, GPIO_V2_GET_LINE_IOCTL, request) == 0 ? request->fd : -1;
}

int request_input(int chip, enum line line, uint64_t flags)
{
    struct gpio_v2_line_request wanted = {.config.flags = GPIO_V2_LINE_FLAG_INPUT | flags};
    return request(chip, &wanted, line);
}

int request_output(int chip, enum line line, int level)
{
    struct gpio_v2_line_request wanted = {.config.flags = GPIO_V2_LINE_FLAG_OUTPUT, .config.num_attrs = 1};
    wanted.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
    wanted.config.attrs[0].attr.values = level;
    wanted.config.attrs[0].mask = 1;
    return request(chip, &wanted, line);
}

int get_level(int line)
{
    struct gpio_v2_line_values values = {.mask = 1};
    CHECK(ioctl(line, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) == 0);
    return values.bits & 1;
}

void set_level(int line, int level)
{
    struct gpio_v2_line_values values = {.bits = level, .mask = 1};
    CHECK(ioctl(line, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) == 0);
}

int wait_edge(int line, int milliseconds, struct gpio_v2_line_event *event)
{
    struct pollfd wait = {.fd = line, .events = POLLIN};
    if (poll(&wait, 1, milliseconds) <= 0)
        return 0;
    REQUIRE(read(line, event, sizeof *event) == sizeof *event);
    return event->id;
}

void drain_edges(int line)
{
    struct gpio_v2_line_event event;
    while (wait_edge(line, 100, &event))
        ;
}

void use_one_processor(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
}

void host_open(struct host *host, int module)
{
    uint8_t mode = SPI_MODE_0 | SPI_NO_CS;
    uint32_t hz = 8000000;
    *host = (struct host){.module = module};
    host->spi = open_spi(module);
    host->chip = open_chip(module);
    REQUIRE(ioctl(host->spi, SPI_IOC_WR_MODE, &mode) == 0);
    REQUIRE(ioctl(host->spi, SPI_IOC_WR_MAX_SPEED_HZ, &hz) == 0);
    REQUIRE((host->cs = request_output(host->chip, CS, 1)) >= 0);
    REQUIRE((host->reset = request_output(host->chip, RESET, 1)) >= 0);
    REQUIRE((host->ready = request_input(host->chip, READY, BOTH_EDGES)) >= 0);
    REQUIRE((host->gpio0 = request_input(host->chip, GPIO0, BOTH_EDGES)) >= 0);
}

void host_close(struct host *host)
{
    close(host->cs);
    close(host->reset);
    close(host->ready);
    close(host->gpio0);
    close(host->spi);
    close(host->chip);
}

int transfer(int spi, const void *tx, void *rx, uint32_t count, uint32_t hz)
{
    struct spi_ioc_transfer message = {
        .tx_buf = (uintptr_t)tx, .rx_buf = (uintptr_t)rx, .len = count, .speed_hz = hz};
    return ioctl(spi, SPI_IOC_MESSAGE(1), &message);
}

int wait_ready(struct host *host, int level, int milliseconds)
{
    uint64_t end = now_ns() + milliseconds * 1000000ull;
    while (get_level(host->ready) != level) {
        struct gpio_v2_line_event event;
        int64_t left = (int64_t)(end - now_ns()) / 1000000;
        if (left <= 0)
            return 0;
        if (wait_edge(host->ready, left, &event))
            host->edges++;
    }
    return 1;
}

void window(struct host *host, const void *tx, void *rx, uint32_t count)
{
    set_level(host->cs, 0);
    EXPECT(transfer(host->spi, tx, rx, count, 0), count);
    set_level(host->cs, 1);
}

int exchange(struct host *host, const void *command, uint32_t count, uint8_t *reply, uint32_t room, int milliseconds)
{
    if (!wait_ready(host, 0, milliseconds))
        return 0;
    set_level(host->cs, 0);
    int selected = get_level(host->ready);
    if (selected)
        transfer(host->spi, command, NULL, count, 0);
    set_level(host->cs, 1);
    if (!selected || !wait_ready(host, 0, milliseconds))
        return 0;
    set_level(host->cs, 0);
    selected = get_level(host->ready);
    if (selected)
        transfer(host->spi, NULL, reply, room, 0);
    set_level(host->cs, 1);
    return selected;
}

void reset_pulse(struct host *host)
{
    set_level(host->reset, 0);
    usleep(10000);
    set_level(host->reset, 1);
}

static int open_attribute(int module, const char *name, int flags)
{
    char path[128];
    snprintf(path, sizeof path, PLATFORM "%s", module, name);
    int file = open(path, flags);
    REQUIRE(file >= 0);
    return file;
}

void write_attribute(int module, const char *name, const char *text)
{
    int file = open_attribute(module, name, O_WRONLY);
    EXPECT(write(file, text, strlen(text)), strlen(text));
    close(file);
}

void read_attribute(int module, const char *name, char *text, size_t size)
{
    int file = open_attribute(module, name, O_RDONLY);
    ssize_t count = read(file, text, size - 1);
    CHECK(count > 0);
    text[count > 0 ? count - 1 : 0] = 0;
    close(file);
}

long counter(int module, const char *name)
{
    char text[32];
    read_attribute(module, name, text, sizeof text);
    return atol(text);
}
