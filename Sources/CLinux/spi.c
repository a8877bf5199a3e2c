#include <fcntl.h>
#include <sys/ioctl.h>

#include "CLinux.h"

const uint32_t clinux_spi_no_cs = SPI_NO_CS;
const uint32_t clinux_spi_cs_high = SPI_CS_HIGH;

int clinux_device_open(const char *path) { return open(path, O_RDWR | O_CLOEXEC); }

int clinux_spi_get_mode(int fd, uint32_t *mode) { return ioctl(fd, SPI_IOC_RD_MODE32, mode); }

int clinux_spi_set_mode(int fd, uint32_t mode) { return ioctl(fd, SPI_IOC_WR_MODE32, &mode); }

int clinux_spi_set_bits(int fd, uint8_t bits) { return ioctl(fd, SPI_IOC_WR_BITS_PER_WORD, &bits); }

int clinux_spi_transfer(int fd, const void *tx, void *rx, uint32_t length, uint32_t hz) {
    struct spi_ioc_transfer transfer = {
        .tx_buf = (uintptr_t)tx,
        .rx_buf = (uintptr_t)rx,
        .len = length,
        .speed_hz = hz,
        .bits_per_word = 8,
    };
    return ioctl(fd, SPI_IOC_MESSAGE(1), &transfer);
}
