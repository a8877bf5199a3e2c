// The host's side: spidev and GPIO lines of one virtual module, as any program uses them.
#ifndef HOST_H
#define HOST_H

#include <linux/gpio.h>
#include <stddef.h>
#include <stdint.h>

enum line { CS, READY, RESET, GPIO0 };

#define BOTH_EDGES (GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING)

struct host {
    int module;
    int spi;
    int chip;
    int cs, ready, reset, gpio0;
    unsigned edges; // edges of READY that were read
};

// Opens the SPI device or a GPIO chip; ends the test on failure.
int open_spi(int module);
int open_chip(int module);
// A line; -1 with errno when it cannot be requested.
int request_input(int chip, enum line line, uint64_t flags);
int request_output(int chip, enum line line, int level);
int get_level(int line);
void set_level(int line, int level);
// Waits for an edge: its id, or 0 on time-out.
int wait_edge(int line, int milliseconds, struct gpio_v2_line_event *event);
// Reads the queued edges; the kernel may be late with the last one.
void drain_edges(int line);

// Opens everything: CS and RESET as high outputs, READY and GPIO0 as inputs with both edges.
void host_open(struct host *host, int module);
void host_close(struct host *host);
// One spidev transfer; a null buffer sends zeros or discards the input, but two of them clock nothing. Returns the
// result of ioctl().
int transfer(int spi, const void *tx, void *rx, uint32_t count, uint32_t hz);
// Waits until READY has a level: 1, or 0 on time-out.
int wait_ready(struct host *host, int level, int milliseconds);
// One window, with CS held by GPIO. Ignores READY.
void window(struct host *host, const void *tx, void *rx, uint32_t count);
// A command and its reply, read by a window of 'room' bytes. 1, or 0 when READY did not fall in time.
int exchange(struct host *host, const void *command, uint32_t count, uint8_t *reply, uint32_t room, int milliseconds);
// The RESET pulse of a driver.
void reset_pulse(struct host *host);

// Pins this process and its children to one processor: in a guest, waking another one dominates the time.
void use_one_processor(void);

// Attributes of the module in sysfs.
void write_attribute(int module, const char *name, const char *text);
void read_attribute(int module, const char *name, char *text, size_t size);
long counter(int module, const char *name);

#endif
