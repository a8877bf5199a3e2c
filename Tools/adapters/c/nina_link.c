/* See nina_link.h. A link is queued (READY low), then in a window, then busy until the coprocessor queues again. */
#define _GNU_SOURCE /* struct ucred of Linux; the rest is POSIX.1-2008 */
#include "nina_link_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { HELLO = 0x01, WINDOW = 0x02, PINS = 0x03 };

/* Splits unix:PATH[,uid=N|any] into the path and the user who may listen. */
static enum nina_link_result parse(struct nina_link *link, const char *text) {
    if (strncmp(text, "unix:", 5) != 0) {
        return nina_link_fail(link, NINA_LINK_BAD_ADDRESS, true, "transport '%.200s': expected unix:PATH, the socket of an emulator", text);
    }
    const char *path = text + 5, *end = path + strlen(path);
    const char *comma = strrchr(path, ','); /* a path may contain commas */
    if (comma && strncmp(comma, ",uid=", 5) == 0 && !strchr(comma, '/')) end = comma;
    if (end == path) return nina_link_fail(link, NINA_LINK_BAD_ADDRESS, true, "transport '%.200s': expected a path after 'unix:'", text);
    if (*end) {
        char *rest;
        errno = 0;
        unsigned long long user = strtoull(end + 5, &rest, 10);
        bool is_number = end[5] >= '0' && end[5] <= '9' && !*rest && !errno && user <= UINT32_MAX;
        if (!is_number && strcmp(end + 5, "any") != 0) {
            return nina_link_fail(link, NINA_LINK_BAD_ADDRESS, true, "transport '%.200s': expected 'uid' to be a user's number or any", text);
        }
        link->trusted = is_number ? (int64_t)user : -1;
    }
    if ((size_t)(end - path) >= sizeof link->path) {
        return nina_link_fail(link, NINA_LINK_BAD_ADDRESS, true, "transport '%.100s...': expected a path of at most %d bytes, got %zu", text,
            NINA_LINK_PATH - 1, (size_t)(end - path));
    }
    memcpy(link->path, path, (size_t)(end - path));
    return NINA_LINK_OK;
}

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static enum nina_link_result connect_until(struct nina_link *link, int64_t deadline, uint32_t timeout_ms) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, link->path, strlen(link->path));
    link->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (link->fd < 0 || fcntl(link->fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(link->fd, F_SETFL, O_NONBLOCK) < 0) {
        return nina_link_fail(link, NINA_LINK_UNREACHABLE, true, "%s: expected a socket: %s", link->path, strerror(errno));
    }
#ifdef SO_NOSIGPIPE
    setsockopt(link->fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    while (connect(link->fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno == EINTR) continue;
        /* EAGAIN: the queue of the listener is full, which no poll reports. */
        if (errno != EAGAIN) {
            const char *reason = strerror(errno);
            const char *advice = errno == EACCES ? "the socket, or a folder of its path, is another user's"
                                                 : "start one by 'nina-emulator', or run this program by 'nina run -- PROGRAM'";
            return nina_link_fail(link, NINA_LINK_UNREACHABLE, true, "%s: expected an emulator there: %s; %s", link->path, reason, advice);
        }
        if (nina_link_now() >= deadline) {
            return nina_link_fail(link, NINA_LINK_TIMEOUT, true, "%s: the emulator accepted no connection within %u ms", link->path,
                (unsigned)timeout_ms);
        }
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
#ifdef SO_PEERCRED
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(link->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && link->trusted >= 0 && peer.uid != 0 &&
        peer.uid != link->trusted) {
        return nina_link_fail(link, NINA_LINK_UNTRUSTED, true, "%s: expected user %lld or root to listen, got user %u; unix:PATH,uid=%u accepts it",
            link->path, (long long)link->trusted, (unsigned)peer.uid, (unsigned)peer.uid);
    }
#endif
    static const uint8_t hello[9] = {HELLO, 0, 0, 5, 'N', 'I', 'N', 'A', 1};
    if (nina_link_send(link, hello, sizeof hello, deadline) != NINA_LINK_OK) return link->broken;
    enum nina_link_result result = nina_link_wait_queued(link, deadline, timeout_ms);
    if (result == NINA_LINK_TIMEOUT) nina_link_fail(link, result, true, "%s: expected a coprocessor that is up within %u ms: %s", link->path,
        (unsigned)timeout_ms, link->greeted ? "it greeted, and no more" : "nobody greeted");
    return result;
}

static enum nina_link_result start(struct nina_link *link, int64_t deadline, uint32_t timeout_ms) {
    link->fd = -1;
    link->broken = NINA_LINK_OK;
    link->error[0] = 0;
    link->send_timeout = timeout_ms;
    link->pins = RUNNING | GPIO0_HIGH;
    link->greeted = link->up = link->irq = link->queued = link->in_window = link->knows_boot = false;
    link->received = 0;
    link->have = link->miso_length = link->position = 0;
    return connect_until(link, deadline, timeout_ms);
}

/* The socket that the emulator opens by default, as a transport string. */
static enum nina_link_result parse_default(struct nina_link *link) {
    char text[512];
    const char *transport = variable("NINA_TRANSPORT"), *path = variable("NINA_SOCKET"), *runtime = variable("XDG_RUNTIME_DIR");
    const char *temporary = variable("TMPDIR");
    if (transport) return parse(link, transport);
    int length = path      ? snprintf(text, sizeof text, "unix:%s", path)
                 : runtime ? snprintf(text, sizeof text, "unix:%s/nina.sock", runtime)
                           : snprintf(text, sizeof text, "unix:%s/nina-%u/nina.sock", temporary ? temporary : "/tmp", (unsigned)geteuid());
    if (length < 0 || (size_t)length >= sizeof text) {
        return nina_link_fail(link, NINA_LINK_BAD_ADDRESS, true, "the default socket: expected a path of at most %d bytes, got %d",
            NINA_LINK_PATH - 1, length);
    }
    return parse(link, text);
}

enum nina_link_result nina_link_open(struct nina_link *link, const char *address, uint32_t timeout_ms) {
    int64_t deadline = nina_link_deadline(timeout_ms);
    link->fd = -1;
    link->trusted = (int64_t)geteuid();
    memset(link->path, 0, sizeof link->path);
    enum nina_link_result result = address && *address ? parse(link, address) : parse_default(link);
    return result == NINA_LINK_OK ? start(link, deadline, timeout_ms) : result;
}

enum nina_link_result nina_link_reconnect(struct nina_link *link, uint32_t timeout_ms) {
    int64_t deadline = nina_link_deadline(timeout_ms);
    nina_link_close(link);
    return *link->path ? start(link, deadline, timeout_ms) : link->broken;
}

void nina_link_close(struct nina_link *link) {
    if (link->fd < 0) return;
    nina_link_fail(link, NINA_LINK_CLOSED, true, "%s: expected an open link; nina_link_close has closed it", link->path);
}

static enum nina_link_result misuse(struct nina_link *link, const char *sentence) {
    return nina_link_fail(link, NINA_LINK_MISUSE, false, "%s: %s", link->path, sentence);
}

/* Changes lines, and reports them. */
static enum nina_link_result drive(struct nina_link *link, uint8_t pins) {
    if (link->broken != NINA_LINK_OK) return link->broken;
    uint8_t was = link->pins;
    if (pins == was) return NINA_LINK_OK;
    /* What has arrived belongs to the old boot, whose message may be half here. */
    if (nina_link_drain(link) != NINA_LINK_OK) return link->broken;
    link->pins = pins;
    if (was & ~pins & RUNNING) link->queued = link->in_window = link->irq = link->up = false;
    if (pins & ~was & RUNNING) link->boot = (link->boot + 1) & 63;
    const uint8_t message[5] = {PINS, 0, 0, 1, pins};
    return nina_link_send(link, message, sizeof message, nina_link_deadline(link->send_timeout));
}

static uint8_t with(uint8_t pins, uint8_t mask, bool set) { return (uint8_t)(set ? pins | mask : pins & ~mask); }

/* Without a wait: select has done that. */
static enum nina_link_result begin_window(struct nina_link *link) {
    if (link->in_window) return misuse(link, "expected chip select high before a select, got a second select");
    if (!link->queued) return misuse(link, "expected READY low before chip select falls, got READY high");
    link->queued = false;
    link->in_window = true;
    link->position = 0;
    link->pins |= SELECTED;
    return NINA_LINK_OK;
}

enum nina_link_result nina_link_select(struct nina_link *link, uint32_t timeout_ms) {
    int64_t deadline = nina_link_deadline(timeout_ms);
    if (link->broken != NINA_LINK_OK || nina_link_drain(link) != NINA_LINK_OK) return link->broken;
    if (!link->in_window) {
        enum nina_link_result result = nina_link_wait_queued(link, deadline, timeout_ms);
        if (result != NINA_LINK_OK) return result;
    }
    return begin_window(link);
}

enum nina_link_result nina_link_transfer(struct nina_link *link, const uint8_t *tx, uint8_t *rx, size_t length) {
    if (rx && rx != tx) memset(rx, 0, length); /* a failure reads zeros, never what the caller's buffer held */
    if (link->broken != NINA_LINK_OK) return link->broken;
    if (!link->in_window) return misuse(link, "expected a select before a transfer");
    if (length > NINA_LINK_LARGEST - link->position) {
        return nina_link_fail(link, NINA_LINK_MISUSE, false, "%s: expected a window of at most %d bytes, got %zu more after %zu",
            link->path, NINA_LINK_LARGEST, length, link->position);
    }
    uint8_t *mosi = link->mosi + 4 + link->position;
    if (tx) memcpy(mosi, tx, length);
    else memset(mosi, 0xFF, length);
    if (rx) {
        size_t left = link->miso_length > link->position ? link->miso_length - link->position : 0;
        size_t count = left < length ? left : length;
        memset(rx, 0, length);
        memcpy(rx, link->miso + link->position, count);
    }
    link->position += length;
    return NINA_LINK_OK;
}

enum nina_link_result nina_link_transfer_byte(struct nina_link *link, uint8_t mosi, uint8_t *miso) {
    return nina_link_transfer(link, &mosi, miso, 1);
}

enum nina_link_result nina_link_deselect(struct nina_link *link) {
    if (link->broken != NINA_LINK_OK) return link->broken;
    if (!(link->pins & RUNNING)) return drive(link, with(link->pins, SELECTED, false));
    link->pins = with(link->pins, SELECTED, false);
    if (!link->in_window) return NINA_LINK_OK;
    link->in_window = false;
    link->mosi[0] = WINDOW;
    link->mosi[1] = 0;
    link->mosi[2] = (uint8_t)(link->position >> 8);
    link->mosi[3] = (uint8_t)link->position;
    return nina_link_send(link, link->mosi, 4 + link->position, nina_link_deadline(link->send_timeout));
}

enum nina_link_result nina_link_ready(struct nina_link *link, bool *level) {
    *level = true;
    if (link->broken != NINA_LINK_OK || nina_link_drain(link) != NINA_LINK_OK) return link->broken;
    if (!link->queued && !link->in_window && nina_link_wait(link->fd, true, nina_link_deadline(1))) nina_link_drain(link);
    *level = link->broken != NINA_LINK_OK || !link->queued;
    return link->broken;
}

enum nina_link_result nina_link_irq(struct nina_link *link, bool *level) {
    *level = false;
    if (link->broken != NINA_LINK_OK || nina_link_drain(link) != NINA_LINK_OK) return link->broken;
    if (!link->irq && nina_link_wait(link->fd, true, nina_link_deadline(1))) nina_link_drain(link);
    *level = link->broken == NINA_LINK_OK && link->irq;
    return link->broken;
}

enum nina_link_result nina_link_drive_reset(struct nina_link *link, bool level) { return drive(link, with(link->pins, RUNNING, level)); }

enum nina_link_result nina_link_drive_gpio0(struct nina_link *link, bool level) { return drive(link, with(link->pins, GPIO0_HIGH, level)); }

enum nina_link_result nina_link_drive_cs(struct nina_link *link, bool level) {
    if (!(link->pins & RUNNING)) return drive(link, with(link->pins, SELECTED, !level));
    if (level) return nina_link_deselect(link);
    if (link->broken != NINA_LINK_OK || nina_link_drain(link) != NINA_LINK_OK) return link->broken;
    return link->in_window ? NINA_LINK_OK : begin_window(link);
}

enum nina_link_result nina_link_reset(struct nina_link *link, uint32_t timeout_ms) {
    int64_t deadline = nina_link_deadline(timeout_ms);
    if (drive(link, GPIO0_HIGH) != NINA_LINK_OK || drive(link, GPIO0_HIGH | RUNNING) != NINA_LINK_OK) return link->broken;
    return nina_link_wait_queued(link, deadline, timeout_ms);
}

const char *nina_link_error(const struct nina_link *link) { return link->error; }

const char *nina_link_name(enum nina_link_result result) {
    static const char *const names[] = {"OK", "BAD_ADDRESS", "UNREACHABLE", "UNTRUSTED", "TIMEOUT", "CLOSED", "PROTOCOL", "MISUSE"};
    return (unsigned)result < sizeof names / sizeof *names ? names[result] : "unknown";
}
