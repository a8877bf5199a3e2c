// The kernel module is loaded and unloaded, a hundred times in a long run; unloading is refused while it is in use.
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/check.h"
#include "support/device.h"
#include "support/emulator.h"

static int load(const char *parameters)
{
    int file = open("/nina_virtual.ko", O_RDONLY | O_CLOEXEC);
    REQUIRE(file >= 0);
    int result = syscall(SYS_finit_module, file, parameters, 0);
    close(file);
    return result;
}

static int unload(void)
{
    return syscall(SYS_delete_module, "nina_virtual", O_NONBLOCK);
}

static void refuses_to_go(void)
{
    errno = 0;
    EXPECT(unload(), -1);
    EXPECT(errno, EWOULDBLOCK);
}

static void wrong_parameters(void)
{
    EXPECT(load("modules=0"), -1);
    EXPECT(load("modules=17"), -1);
    EXPECT(load("modules=x"), -1);
}

static void while_in_use(void)
{
    struct device device;
    struct host host;
    EXPECT(load("modules=16 max_hz=8000000"), 0);
    EXPECT(counter(15, "max_hz"), 8000000);
    device_open(&device, 15);
    EXPECT(counter(15, "attached"), 1);
    refuses_to_go();
    device_close(&device);
    EXPECT(counter(15, "attached"), 0);
    host_open(&host, 3);
    close(host.cs);
    close(host.reset);
    close(host.gpio0);
    refuses_to_go(); // READY is held
    close(host.ready);
    // Open nodes of SPI and GPIO do not prevent unloading: afterwards their calls fail.
    EXPECT(unload(), 0);
    uint8_t mode = 0;
    errno = 0;
    EXPECT(ioctl(host.spi, SPI_IOC_RD_MODE, &mode), -1);
    EXPECT(errno, ESHUTDOWN);
    errno = 0;
    EXPECT(request_output(host.chip, CS, 1), -1);
    EXPECT(errno, ENODEV);
    close(host.spi);
    close(host.chip);
}

static void again_and_again(void)
{
    const char *seconds = getenv("NINA_SECONDS");
    int times = seconds && atoi(seconds) >= 60 ? 100 : 20;
    uint64_t start = now_ns();
    for (int i = 0; i < times; i++) {
        char parameters[32];
        snprintf(parameters, sizeof parameters, "modules=%d", i % 4 + 1);
        REQUIRE(load(parameters) == 0);
        if (i % 5 == 0) {
            struct host host;
            host_open(&host, 0);
            pid_t emulator = emulator_start(1);
            CHECK(asks_version(&host, 2000));
            refuses_to_go();
            if (i % 10 == 0)
                process_end(emulator, SIGKILL);
            host_close(&host);
            if (i % 10 != 0)
                process_end(emulator, SIGKILL);
        }
        REQUIRE(unload() == 0);
    }
    printf("%d times loaded and unloaded in %.1f s\n", times, (now_ns() - start) / 1e9);
}

int main(void)
{
    use_one_processor();
    REQUIRE(unload() == 0); // the one that the guest loaded for this test
    wrong_parameters();
    while_in_use();
    again_and_again();
    return checked();
}
