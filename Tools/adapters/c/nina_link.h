/*
 * The host's end of a NINA link: a coprocessor emulated by nina-emulator, as an SPI bus and its lines.
 *
 *     static struct nina_link link;                          // 130 KB; nothing is allocated
 *     if (nina_link_open(&link, NULL, 5000) != NINA_LINK_OK)  // NULL: NINA_TRANSPORT, NINA_SOCKET, or the default
 *         puts(nina_link_error(&link));
 *
 * A command is two windows of chip select, one that sends it and one that reads its reply:
 *
 *     nina_link_select(&link, 1000);
 *     nina_link_transfer(&link, command, NULL, sizeof command);
 *     nina_link_deselect(&link);
 *
 * Time-outs are milliseconds, counted from the call. A result is an enum nina_link_result; nina_link_error gives its sentence.
 * One thread at a time uses a link. C99 and POSIX; link.md in Protocol describes the bytes.
 */
#ifndef NINA_LINK_H
#define NINA_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum nina_link_result {
    NINA_LINK_OK = 0,
    NINA_LINK_BAD_ADDRESS,  /* the transport string has no meaning here */
    NINA_LINK_UNREACHABLE,  /* nobody listens at the socket */
    NINA_LINK_UNTRUSTED,    /* another user listens there, who would read passphrases */
    NINA_LINK_TIMEOUT,      /* not within the given time */
    NINA_LINK_CLOSED,       /* the emulator has ended, or closed the link */
    NINA_LINK_PROTOCOL,     /* the peer has sent what the link does not allow */
    NINA_LINK_MISUSE        /* the caller's order is wrong: a transfer without select, for example */
};

enum {
    NINA_LINK_LARGEST = 65535, /* bytes of a window */
    NINA_LINK_PATH = 108       /* bytes of a Unix socket's path, with its NUL */
};

/* Owned by the caller; its members belong to nina_link.c. Zeroed or uninitialized before nina_link_open. */
struct nina_link {
    int fd;                       /* -1 while closed */
    enum nina_link_result broken; /* not OK: the link is of no more use until nina_link_reconnect */
    char error[320];
    char path[NINA_LINK_PATH];
    int64_t trusted;      /* user who may listen besides root; -1: any */
    uint32_t send_timeout; /* of deselect and of pins: that of open */

    uint8_t pins; /* as in PINS: bit 0 RESET, bit 1 GPIO0, bit 2 chip select is low */
    bool greeted; /* HELLO has come */
    bool up;      /* something was queued since the last reset */
    bool irq;
    bool queued;     /* READY is low */
    bool in_window;  /* chip select is low, and a window is under way */
    bool knows_boot; /* boot is valid */
    uint8_t boot;    /* expected boot count, modulo 64 */

    uint64_t received; /* bytes so far, to say where a wrong one was */
    uint8_t header[4];
    size_t have;         /* bytes of the message under way, header included */
    uint8_t greeting[5]; /* payload of HELLO */
    size_t miso_length;
    size_t position;                     /* bytes clocked in this window */
    uint8_t mosi[4 + NINA_LINK_LARGEST]; /* a WINDOW message */
    uint8_t miso[NINA_LINK_LARGEST];
};

/*
 * Connects, and waits until the coprocessor is up. The address is unix:PATH[,uid=N|any]; NULL or "": NINA_TRANSPORT, else
 * the socket NINA_SOCKET, else $XDG_RUNTIME_DIR/nina.sock, else nina-UID/nina.sock in $TMPDIR or /tmp.
 */
enum nina_link_result nina_link_open(struct nina_link *link, const char *address, uint32_t timeout_ms);
/* Closes, and connects again to the same address: a new coprocessor, freshly powered. Only after a nina_link_open. */
enum nina_link_result nina_link_reconnect(struct nina_link *link, uint32_t timeout_ms);
/* Powers the coprocessor off. May be called again. Only after a nina_link_open, of any result. */
void nina_link_close(struct nina_link *link);

/* Waits for READY low, then selects: READY is high from here. TIMEOUT leaves chip select high, and the link usable. */
enum nina_link_result nina_link_select(struct nina_link *link, uint32_t timeout_ms);
/* Full duplex. tx NULL sends 0xFF, rx NULL drops what is read. */
enum nina_link_result nina_link_transfer(struct nina_link *link, const uint8_t *tx, uint8_t *rx, size_t length);
/* One byte, for a driver that has SPI.transfer. After a failure *miso is 0. */
enum nina_link_result nina_link_transfer_byte(struct nina_link *link, uint8_t mosi, uint8_t *miso);
/* Ends the window. Without one nothing happens. */
enum nina_link_result nina_link_deselect(struct nina_link *link);

/*
 * The level of READY (ACK, BUSY): high while busy. Waits at most 1 ms while it is high and nothing arrives, so that a loop
 * around it uses no processor. After a failure *level is true, so that no driver takes a dead coprocessor for a ready one.
 */
enum nina_link_result nina_link_ready(struct nina_link *link, bool *level);
/* The level of IRQ (GPIO0 after boot): high while a socket has something. Waits at most 1 ms while it is low. */
enum nina_link_result nina_link_irq(struct nina_link *link, bool *level);

/* RESET low and high, with chip select and GPIO0 high; waits until the coprocessor is up. */
enum nina_link_result nina_link_reset(struct nina_link *link, uint32_t timeout_ms);

/* The three lines by themselves, for a driver that drives them. They do not wait for READY. */
enum nina_link_result nina_link_drive_reset(struct nina_link *link, bool level);
enum nina_link_result nina_link_drive_gpio0(struct nina_link *link, bool level);
/* Low starts a window (MISUSE while READY is high), high ends it. During a reset it chooses Bluetooth mode only. */
enum nina_link_result nina_link_drive_cs(struct nina_link *link, bool level);

/* The sentence of the last result that was not OK, with what was expected and what came; "" if there was none. */
const char *nina_link_error(const struct nina_link *link);
/* The name of a result, such as "TIMEOUT". */
const char *nina_link_name(enum nina_link_result result);

#ifdef __cplusplus
}
#endif
#endif
