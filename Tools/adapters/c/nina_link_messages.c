/* The messages of the link, on a non-blocking socket; nina_link.c has the windows and lines made of them. */
#define _POSIX_C_SOURCE 200809L
#include "nina_link_private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEVICE_HELLO = 0x81, QUEUED = 0x82, IRQ = 0x83 };
/* Reads of one drain: far beyond what an emulator sends between two calls, and a few milliseconds. */
enum { READS = 4096 };
static const uint8_t greeting[5] = {'N', 'I', 'N', 'A', 1};

/* A peer that dies must be an error, never SIGPIPE. */
#ifdef MSG_NOSIGNAL
enum { SEND_FLAGS = MSG_NOSIGNAL };
#else
enum { SEND_FLAGS = 0 }; /* SO_NOSIGPIPE is set instead */
#endif

enum nina_link_result nina_link_fail(
    struct nina_link *link, enum nina_link_result result, bool breaks, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(link->error, sizeof link->error, format, arguments);
    va_end(arguments);
    if (breaks) {
        link->broken = result;
        if (link->fd >= 0) close(link->fd);
        link->fd = -1;
    }
    return result;
}

int64_t nina_link_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t nina_link_deadline(uint32_t milliseconds) { return nina_link_now() + (int64_t)milliseconds * 1000000; }

int nina_link_wait(int fd, bool reads, int64_t deadline) {
    for (;;) {
        int64_t left = (deadline - nina_link_now() + 999999) / 1000000; /* rounded up, or the last millisecond would spin */
        struct pollfd poller = {fd, reads ? POLLIN : POLLOUT, 0};
        int count = poll(&poller, 1, left <= 0 ? 0 : left > 1000000 ? 1000000 : (int)left);
        if (count > 0 || (count < 0 && errno != EINTR)) return 1; /* an error shows itself in the call that follows */
        if (nina_link_now() >= deadline) return 0;
    }
}

enum nina_link_result nina_link_send(struct nina_link *link, const uint8_t *bytes, size_t length, int64_t deadline) {
    for (size_t sent = 0; sent < length;) {
        ssize_t count = send(link->fd, bytes + sent, length - sent, SEND_FLAGS);
        if (count >= 0) {
            sent += (size_t)count;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!nina_link_wait(link->fd, false, deadline)) {
                return nina_link_fail(link, NINA_LINK_TIMEOUT, true, "%s: the emulator took %zu of %zu bytes of a message within the time-out",
                    link->path, sent, length);
            }
        } else if (errno != EINTR) {
            return nina_link_fail(link, NINA_LINK_CLOSED, true, "%s: expected to send a message of %zu bytes: %s", link->path, length,
                strerror(errno));
        }
    }
    return NINA_LINK_OK;
}

/* A message of another boot, or from before the coprocessor is up again after a reset: to be ignored. A first one of a later boot tells
 * that the coprocessor has started by itself, as after a break-down of its supply; wires tell nobody, and what was under way is lost. */
static bool is_stale(const struct nina_link *link, uint8_t flags) {
    uint8_t ahead = link->knows_boot ? ((flags >> 2) - link->boot) & 63 : 0;
    return !(link->pins & RUNNING) || (ahead > 0 && (ahead >= 32 || flags & 2));
}

static bool has_restarted(const struct nina_link *link, uint8_t flags) { return link->knows_boot && flags >> 2 != link->boot; }

static enum nina_link_result wrong(struct nina_link *link, const char *expected) {
    const uint8_t *h = link->header;
    return nina_link_fail(link, NINA_LINK_PROTOCOL, true, "%s: expected %s, got type %02X flags %02X length %u at byte %llu of the link",
        link->path, expected, h[0], h[1], (unsigned)(h[2] << 8 | h[3]), (unsigned long long)(link->received - link->have));
}

/* Checks a header before any of its payload is waited for. */
static enum nina_link_result take_header(struct nina_link *link) {
    const uint8_t *h = link->header;
    size_t length = (size_t)(h[2] << 8 | h[3]);
    if (!link->greeted) {
        return h[0] == DEVICE_HELLO && length == sizeof greeting ? NINA_LINK_OK
                                                                 : wrong(link, "the greeting (type 81, length 5)");
    }
    if (h[0] == IRQ) return length == 0 ? NINA_LINK_OK : wrong(link, "an IRQ message of length 0");
    if (h[0] != QUEUED) return wrong(link, "QUEUED (82) or IRQ (83)");
    if (is_stale(link, h[1])) return NINA_LINK_OK;
    if (length > 0 && !(h[1] & 2)) return wrong(link, "QUEUED of length 0, as a command is expected");
    if ((link->queued || link->in_window) && !has_restarted(link, h[1])) return wrong(link, "no second QUEUED before the next window");
    return NINA_LINK_OK;
}

static enum nina_link_result take_message(struct nina_link *link) {
    uint8_t kind = link->header[0], flags = link->header[1];
    if (kind == DEVICE_HELLO) {
        if (memcmp(link->greeting, greeting, sizeof greeting) != 0) {
            const uint8_t *g = link->greeting;
            return nina_link_fail(link, NINA_LINK_PROTOCOL, true, "%s: expected the greeting 4E 49 4E 41 01, got %02X %02X %02X %02X %02X",
                link->path, g[0], g[1], g[2], g[3], g[4]);
        }
        link->greeted = true;
    } else if (kind == IRQ) {
        if (link->up) link->irq = flags & 1;
    } else if (!is_stale(link, flags)) {
        link->boot = flags >> 2;
        link->knows_boot = link->up = true;
        /* The window under way, if it was the old boot's, is the first command of the new one. */
        link->queued = !link->in_window;
        link->irq = flags & 1;
        link->miso_length = link->have - 4;
    }
    return NINA_LINK_OK;
}

enum nina_link_result nina_link_drain(struct nina_link *link) {
    uint8_t ignored[512];
    for (int reads = 0; reads < READS && link->broken == NINA_LINK_OK; reads++) {
        size_t length = link->have < 4 ? 0 : (size_t)(link->header[2] << 8 | link->header[3]);
        size_t wanted = (link->have < 4 ? 4 : 4 + length) - link->have;
        uint8_t *target = link->header + link->have;
        if (link->have >= 4) {
            if (link->header[0] == DEVICE_HELLO) target = link->greeting + (link->have - 4);
            else if (!is_stale(link, link->header[1])) target = link->miso + (link->have - 4);
            else {
                target = ignored;
                if (wanted > sizeof ignored) wanted = sizeof ignored;
            }
        }
        ssize_t count = recv(link->fd, target, wanted, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return NINA_LINK_OK;
        if (count <= 0) {
            return nina_link_fail(link, NINA_LINK_CLOSED, true, "%s: expected the emulator to answer: %s", link->path,
                count == 0 ? "it has ended or closed the link" : strerror(errno));
        }
        link->received += (uint64_t)count;
        link->have += (size_t)count;
        if (link->have < 4) continue;
        if (link->have == 4 && target >= link->header && target < link->header + 4 && take_header(link) != NINA_LINK_OK) break;
        if (link->have == 4 + (size_t)(link->header[2] << 8 | link->header[3])) {
            if (take_message(link) != NINA_LINK_OK) break;
            link->have = 0;
        }
    }
    return link->broken;
}

enum nina_link_result nina_link_wait_queued(struct nina_link *link, int64_t deadline, uint32_t timeout_ms) {
    for (;;) {
        bool is_last = nina_link_now() >= deadline; /* the peer may send without end */
        if (nina_link_drain(link) != NINA_LINK_OK) return link->broken;
        if (link->queued) return NINA_LINK_OK;
        if (is_last) {
            return nina_link_fail(link, NINA_LINK_TIMEOUT, false, "%s: expected READY low within %u ms: %s", link->path, (unsigned)timeout_ms,
                !link->greeted                ? "the peer has not greeted"
                : !(link->pins & RUNNING)     ? "RESET is low"
                : link->up                    ? "a command is still running"
                                              : "the coprocessor is not up");
        }
        nina_link_wait(link->fd, true, deadline);
    }
}
