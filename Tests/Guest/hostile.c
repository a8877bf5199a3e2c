// Misuse on both sides of the kernel module; afterwards it works as before.
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"
#include "support/device.h"
#include "support/host.h"

static struct device device;

static void expect_error(long result, int error)
{
    EXPECT(result, -1);
    EXPECT(errno, error);
    errno = 0;
}

static void messages_that_break_the_rules(void)
{
    static uint8_t long_one[4 + 5000] = {QUEUED, 0, 5000 >> 8, 5000 & 255};
    uint8_t bytes[8192];
    void *nowhere = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(nowhere != MAP_FAILED);
    device_open(&device, 0);
    errno = 0;
    expect_error(device_send(&device, QUEUED, 4, NULL, 0), EPROTO); // HELLO must come first
    expect_error(device_send(&device, DEVICE_HELLO, 0, "NINA\2", 5), EPROTO);
    expect_error(device_send(&device, DEVICE_HELLO, 0, "NINA\1x", 6), EPROTO);
    EXPECT(device_send(&device, DEVICE_HELLO, 0, "NINA\1", 5), 9);
    expect_error(device_send(&device, DEVICE_HELLO, 0, "NINA\1", 5), EPROTO);
    expect_error(device_send(&device, WINDOW, 0, "x", 1), EPROTO);
    expect_error(device_send(&device, 0xFF, 0, NULL, 0), EPROTO);
    expect_error(device_send(&device, IRQ, 1, "x", 1), EPROTO);
    expect_error(write(device.file, long_one, sizeof long_one), EMSGSIZE);
    expect_error(write(device.file, "\x82\0", 2), EINVAL);
    expect_error(write(device.file, "\x82\0\0\5ab", 6), EINVAL);
    EXPECT(write(device.file, "\x83\0\0\0\x83\0\0\0\x82", 9), 8); // only complete messages are accepted
    EXPECT(write(device.file, "", 0), 0);
    expect_error(write(device.file, nowhere, 100), EFAULT);
    expect_error(read(device.file, bytes, 100), EINVAL);
    expect_error(read(device.file, nowhere, 8192), EFAULT);
    expect_error(read(device.file, bytes, sizeof bytes), EAGAIN);
    expect_error(lseek(device.file, 0, SEEK_SET), ESPIPE);
    expect_error(ioctl(device.file, 0x1234, bytes), ENOTTY);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, device.file, 0) == MAP_FAILED);
    device_close(&device);
}

static void a_reader_that_waits_can_be_killed(void)
{
    pid_t child = fork();
    if (child == 0) {
        uint8_t bytes[8192];
        int file = open("/dev/nina0", O_RDWR);
        read(file, bytes, sizeof bytes);
        for (;;)
            read(file, bytes, sizeof bytes);
    }
    usleep(100000);
    kill(child, SIGKILL);
    uint64_t start = now_ns();
    waitpid(child, NULL, 0);
    CHECK(now_ns() - start < 1000000000);
}

// ---- random operations, until killed ----

static unsigned seed;

static unsigned below(unsigned limit)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % limit;
}

static void random_host(int module)
{
    int spi = open_spi(module), chip = open_chip(module);
    int lines[4] = {-1, -1, -1, -1};
    static uint8_t tx[8192], rx[8192];
    for (;;) {
        int line = below(4);
        switch (below(8)) {
        case 0:
            if (lines[line] >= 0)
                close(lines[line]);
            lines[line] = below(2) && line != READY ? request_output(chip, line, below(2))
                                                    : request_input(chip, line, BOTH_EDGES);
            break;
        case 1:
        case 2: {
            struct gpio_v2_line_values values = {.bits = below(2), .mask = 1};
            if (lines[line] >= 0)
                ioctl(lines[line], GPIO_V2_LINE_SET_VALUES_IOCTL, &values);
            break;
        }
        case 3: {
            struct gpio_v2_line_event event;
            if (lines[line] >= 0)
                wait_edge(lines[line], 0, &event);
            break;
        }
        case 4: {
            uint8_t mode = (uint8_t[]){SPI_MODE_0, SPI_MODE_0 | SPI_NO_CS, SPI_MODE_3, SPI_CS_HIGH}[below(4)];
            ioctl(spi, SPI_IOC_WR_MODE, &mode);
            break;
        }
        default: {
            struct spi_ioc_transfer some[4] = {0};
            unsigned count = below(4) + 1;
            for (unsigned i = 0; i < count; i++)
                some[i] = (struct spi_ioc_transfer){.tx_buf = below(3) ? (uintptr_t)tx : 0,
                                                    .rx_buf = (uintptr_t)rx,
                                                    .len = below(8) ? below(64) : below(4096),
                                                    .speed_hz = below(2) ? 0 : below(40000000),
                                                    .cs_change = below(2)};
            ioctl(spi, _IOW(SPI_IOC_MAGIC, 0, char[SPI_MSGSIZE(count)]), some);
        }
        }
    }
}

static void random_device(int module)
{
    for (;;) {
        uint8_t bytes[8192];
        int file = device_file(module), turns = below(2000);
        if (file < 0)
            continue;
        device.file = file;
        while (turns--) {
            unsigned length = below(8) ? below(64) : below(4093);
            switch (below(8)) {
            case 0: device_send(&device, DEVICE_HELLO, 0, "NINA\1", 5); break;
            case 1: device_send(&device, IRQ, below(2), NULL, 0); break;
            case 2:
                for (unsigned i = 0; i < length; i++)
                    bytes[i] = below(256);
                if (write(file, bytes, length) < 0)
                    break;
                break;
            case 3:
            case 4: if (read(file, bytes, sizeof bytes) < 0) break; break;
            default: device_send(&device, QUEUED, below(256), bytes, length);
            }
        }
        close(file);
    }
}

static void random_faults(int module)
{
    static const char *const some[] = {"none", "ready-high", "ready-low", "ready-never-rises", "miso-ff irq-low", "cs-open",
                                       "reset-open irq-high", "none"};
    for (;;) {
        write_attribute(module, "faults", some[below(8)]);
        write_attribute(module, "max_hz", below(2) ? "0" : "8000000");
        usleep(below(2000));
    }
}

static pid_t start(void (*act)(int), int module, unsigned number)
{
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        seed = number;
        act(module);
        _exit(0);
    }
    return child;
}

static void random_acts(double seconds)
{
    static void (*const acts[])(int) = {random_host, random_device, random_faults, random_host, random_device};
    enum { ACTS = sizeof acts / sizeof acts[0] };
    pid_t children[ACTS];
    unsigned number = 1, kills = 0;
    uint64_t end = now_ns() + seconds * 1e9;
    for (int i = 0; i < ACTS; i++)
        children[i] = start(acts[i], i >= 3, number++);
    seed = 4711;
    while (now_ns() < end) {
        usleep(20000 + below(30000));
        int i = below(ACTS);
        kill(children[i], SIGKILL);
        int status;
        REQUIRE(waitpid(children[i], &status, 0) == children[i]);
        CHECK(WIFSIGNALED(status));
        kills++;
        children[i] = start(acts[i], i >= 3, number++);
    }
    for (int i = 0; i < ACTS; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    printf("%u programs were killed\n", kills);
}

static void all_is_well(int module)
{
    struct host host;
    write_attribute(module, "faults", "none");
    write_attribute(module, "max_hz", "0");
    host_open(&host, module);
    device_start(&device, module);
    device_serve(&device, &host, 1);
    device_close(&device);
    EXPECT(get_level(host.ready), 1);
    host_close(&host);
}

int main(void)
{
    const char *seconds = getenv("NINA_SECONDS");
    messages_that_break_the_rules();
    a_reader_that_waits_can_be_killed();
    all_is_well(0);
    random_acts(seconds ? atof(seconds) : 5);
    all_is_well(0);
    all_is_well(1);
    return checked();
}
