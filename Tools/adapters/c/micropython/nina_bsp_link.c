/*
 * The eight functions of MicroPython's nina_bsp.h over a NINA link: compiled instead of drivers/ninaw10/nina_wifi_bsp.c.
 * They return 0, or -1 with a sentence on stderr. The transport is that of NINA_TRANSPORT or NINA_SOCKET.
 */
#include <stdint.h>
#include <stdio.h>

#include "nina_bsp.h"
#include "nina_link.h"

/* The driver passes 0 for "no time-out"; here nothing waits for ever. */
enum { OPEN_MS = 5000, SELECT_MS = 10000 };

static struct nina_link coprocessor = {.fd = -1, .broken = NINA_LINK_CLOSED, .error = "expected a call of nina_bsp_init first"};

static int status(const char *step, enum nina_link_result result) {
    if (result == NINA_LINK_OK) return 0;
    fprintf(stderr, "%s: %s\n", step, nina_link_error(&coprocessor));
    return -1;
}

/* Each init is a power-on, as on a board that resets its module. */
int nina_bsp_init(void) {
    nina_link_close(&coprocessor);
    return status("nina_bsp_init", nina_link_open(&coprocessor, NULL, OPEN_MS));
}

int nina_bsp_deinit(void) {
    nina_link_close(&coprocessor);
    return 0;
}

/* On a board these keep MicroPython's scheduler out; a program with one thread has none. */
int nina_bsp_atomic_enter(void) { return 0; }

int nina_bsp_atomic_exit(void) { return 0; }

/* 1 while a socket has something. A link that has failed reads 1, so that the driver asks and finds the error. */
int nina_bsp_read_irq(void) {
    bool level;
    return nina_link_irq(&coprocessor, &level) != NINA_LINK_OK || level;
}

int nina_bsp_spi_slave_select(uint32_t timeout) {
    return status("nina_bsp_spi_slave_select", nina_link_select(&coprocessor, timeout ? timeout : SELECT_MS));
}

int nina_bsp_spi_slave_deselect(void) { return status("nina_bsp_spi_slave_deselect", nina_link_deselect(&coprocessor)); }

int nina_bsp_spi_transfer(const uint8_t *tx_buf, uint8_t *rx_buf, uint32_t size) {
    return status("nina_bsp_spi_transfer", nina_link_transfer(&coprocessor, tx_buf, rx_buf, size));
}
