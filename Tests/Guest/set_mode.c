// A program that shares the spidev node without knowing: it sets SPI mode 1 repeatedly.
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    int node = count == 2 ? open(arguments[1], O_RDWR) : -1;
    uint32_t mode = SPI_MODE_1 | SPI_NO_CS;
    while (node >= 0 && ioctl(node, SPI_IOC_WR_MODE32, &mode) == 0)
        usleep(300);
    return 1;
}
