// spidev and the GPIO character device (line requests of version 2, Linux 5.10 and newer).
//
// The structures are the kernel's own: their pointers are 64 bits wide for every program.
#ifndef CLINUX_SPI_H
#define CLINUX_SPI_H

#include <linux/gpio.h>
#include <linux/spi/spidev.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(struct spi_ioc_transfer) == 32, "spi_ioc_transfer");
_Static_assert(sizeof(struct gpiochip_info) == 68, "gpiochip_info");
_Static_assert(sizeof(struct gpio_v2_line_info) == 256, "gpio_v2_line_info");
_Static_assert(sizeof(struct gpio_v2_line_config) == 272, "gpio_v2_line_config");
_Static_assert(sizeof(struct gpio_v2_line_request) == 592, "gpio_v2_line_request");
_Static_assert(sizeof(struct gpio_v2_line_values) == 16, "gpio_v2_line_values");
_Static_assert(sizeof(struct gpio_v2_line_event) == 48, "gpio_v2_line_event");

// Reading and writing, not followed by programs that are started. Returns the descriptor.
int clinux_device_open(const char *path);

// ---- spidev ----

extern const uint32_t clinux_spi_no_cs;
extern const uint32_t clinux_spi_cs_high;

int clinux_spi_get_mode(int fd, uint32_t *mode);
int clinux_spi_set_mode(int fd, uint32_t mode);
int clinux_spi_set_bits(int fd, uint8_t bits);
// One message of one transfer; tx or rx may be null. Returns the number of bytes.
int clinux_spi_transfer(int fd, const void *tx, void *rx, uint32_t length, uint32_t hz);

// ---- GPIO ----

enum {
    CLINUX_GPIO_INPUT = 1,
    CLINUX_GPIO_OUTPUT = 2,
    CLINUX_GPIO_RISING = 4,
    CLINUX_GPIO_FALLING = 8,
    CLINUX_GPIO_PULL_UP = 16,
    CLINUX_GPIO_PULL_DOWN = 32,
};

// Names have at most 31 bytes and a NUL.
#define CLINUX_GPIO_NAME 32

int clinux_gpio_chip(int fd, char *name, char *label, uint32_t *lines);
// Name and present user of a line; either may be empty.
int clinux_gpio_line(int fd, uint32_t offset, char *name, char *consumer);
// Requests a line. Returns its descriptor, which does not block.
int clinux_gpio_request(int fd, uint32_t offset, int use, int level, const char *consumer);
int clinux_gpio_configure(int line, int use, int level);
// Returns the level, 0 or 1.
int clinux_gpio_get(int line);
int clinux_gpio_set(int line, int level);
// Returns the number of events read, 0 when none is queued.
int clinux_gpio_events(int line, struct gpio_v2_line_event *events, int capacity);

#endif
