/* Checks of the C adapter, each against a coprocessor that run.py starts: link_test CHECK [NUMBER...]. The transport is the environment's. */
#define _POSIX_C_SOURCE 200809L
#include "nina_link.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "nina_bsp.h"

static struct nina_link first, second;

/* The sentence of the first failure ends the program. */
static void require(bool holds, const char *text, int line) {
    if (holds) return;
    fprintf(stderr, "line %d: expected %s; first: '%s' second: '%s'\n", line, text, nina_link_error(&first), nina_link_error(&second));
    exit(1);
}
#define REQUIRE(x) require((x), #x, __LINE__)

static const uint8_t version[4] = {0xE0, 0x37, 0x00, 0xEE};

/* One command; `bytewise` as SPI.transfer does it. */
static void command(struct nina_link *link, bool bytewise) {
    uint8_t reply[12] = {0};
    REQUIRE(nina_link_select(link, 20000) == NINA_LINK_OK);
    if (bytewise) {
        uint8_t ignored;
        for (size_t i = 0; i < sizeof version; i++) REQUIRE(nina_link_transfer_byte(link, version[i], &ignored) == NINA_LINK_OK);
    } else {
        REQUIRE(nina_link_transfer(link, version, NULL, sizeof version) == NINA_LINK_OK);
    }
    REQUIRE(nina_link_deselect(link) == NINA_LINK_OK);
    REQUIRE(nina_link_select(link, 20000) == NINA_LINK_OK);
    if (bytewise) {
        for (size_t i = 0; i < sizeof reply; i++) REQUIRE(nina_link_transfer_byte(link, 0xFF, &reply[i]) == NINA_LINK_OK);
    } else {
        REQUIRE(nina_link_transfer(link, NULL, reply, sizeof reply) == NINA_LINK_OK);
    }
    REQUIRE(nina_link_deselect(link) == NINA_LINK_OK);
    REQUIRE(reply[0] == 0xE0 && reply[1] == 0xB7 && reply[2] == 1);
}

static void commands(long count) {
    for (long i = 0; i < count; i++) command(&first, i % 2);
}

/* A reset at each place: idle, with a command running, with a reply queued, within a window, as lines. */
static void resets(long count) {
    for (long i = 0; i < count; i++) {
        bool high;
        if (i % 4) REQUIRE(nina_link_select(&first, 20000) == NINA_LINK_OK);
        if (i % 4) REQUIRE(nina_link_transfer(&first, version, NULL, sizeof version) == NINA_LINK_OK);
        if (i % 4 > 1) REQUIRE(nina_link_deselect(&first) == NINA_LINK_OK);
        if (i % 4 > 2) REQUIRE(nina_link_select(&first, 20000) == NINA_LINK_OK);
        if (i % 2) {
            REQUIRE(nina_link_drive_reset(&first, false) == NINA_LINK_OK);
            REQUIRE(nina_link_select(&first, 0) == NINA_LINK_TIMEOUT);
            REQUIRE(nina_link_ready(&first, &high) == NINA_LINK_OK && high);
            REQUIRE(nina_link_drive_cs(&first, true) == NINA_LINK_OK);
            REQUIRE(nina_link_drive_reset(&first, true) == NINA_LINK_OK);
        } else {
            REQUIRE(nina_link_reset(&first, 20000) == NINA_LINK_OK);
        }
        command(&first, false);
    }
}

static void lines(void) {
    bool high;
    uint8_t byte = 7;
    REQUIRE(nina_link_ready(&first, &high) == NINA_LINK_OK && !high);
    REQUIRE(nina_link_irq(&first, &high) == NINA_LINK_OK && !high);
    REQUIRE(nina_link_transfer_byte(&first, 0, &byte) == NINA_LINK_MISUSE && byte == 0);
    REQUIRE(strstr(nina_link_error(&first), "select before a transfer"));
    REQUIRE(nina_link_deselect(&first) == NINA_LINK_OK);
    REQUIRE(nina_link_drive_cs(&first, false) == NINA_LINK_OK);
    REQUIRE(nina_link_ready(&first, &high) == NINA_LINK_OK && high);
    REQUIRE(nina_link_select(&first, 1000) == NINA_LINK_MISUSE);
    static uint8_t window[NINA_LINK_LARGEST + 1];
    REQUIRE(nina_link_transfer(&first, window, NULL, sizeof window) == NINA_LINK_MISUSE);
    REQUIRE(nina_link_drive_cs(&first, true) == NINA_LINK_OK); /* an empty window: queued again */
    command(&first, true);
    /* GPIO0 low while it runs is normal, and means nothing. */
    REQUIRE(nina_link_drive_gpio0(&first, false) == NINA_LINK_OK && nina_link_drive_gpio0(&first, true) == NINA_LINK_OK);
    command(&first, false);
    nina_link_close(&first);
    nina_link_close(&first);
    REQUIRE(nina_link_select(&first, 1000) == NINA_LINK_CLOSED && nina_link_reconnect(&first, 20000) == NINA_LINK_OK);
    command(&first, false);
}

/* The emulator is killed while commands run: an error at once, the same at each call, then a reconnect that says so. */
static void killed(pid_t emulator) {
    uint8_t reply[8];
    bool high;
    commands(100);
    REQUIRE(nina_link_select(&first, 20000) == NINA_LINK_OK);
    REQUIRE(kill(emulator, SIGKILL) == 0);
    nina_link_transfer(&first, version, reply, sizeof version);
    nina_link_deselect(&first);
    /* A time-out of eleven days: only an error can end this wait before run.py does. */
    REQUIRE(nina_link_select(&first, 1000000000) == NINA_LINK_CLOSED);
    REQUIRE(nina_link_ready(&first, &high) == NINA_LINK_CLOSED && high);
    REQUIRE(nina_link_irq(&first, &high) == NINA_LINK_CLOSED && !high);
    REQUIRE(nina_link_transfer(&first, version, reply, sizeof reply) == NINA_LINK_CLOSED && reply[0] == 0);
    REQUIRE(nina_link_deselect(&first) == NINA_LINK_CLOSED && nina_link_reset(&first, 1000) == NINA_LINK_CLOSED);
    /* The kernel closes the connection of a dying process before its listener, which takes one more meanwhile. */
    enum nina_link_result result = NINA_LINK_CLOSED;
    for (int round = 0; result == NINA_LINK_CLOSED && round < 1000; round++) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        result = nina_link_reconnect(&first, 1000);
    }
    REQUIRE(result == NINA_LINK_UNREACHABLE);
}

/* A stopped emulator: time-outs, and the link goes on when it does. Others that connect meanwhile time out too. */
static void stopped(pid_t emulator) {
    bool high;
    REQUIRE(kill(emulator, SIGSTOP) == 0);
    REQUIRE(nina_link_open(&second, NULL, 100) == NINA_LINK_TIMEOUT);
    REQUIRE(nina_link_select(&first, 100) == NINA_LINK_OK); /* queued before the stop */
    REQUIRE(nina_link_transfer(&first, version, NULL, sizeof version) == NINA_LINK_OK);
    REQUIRE(nina_link_deselect(&first) == NINA_LINK_OK);
    REQUIRE(nina_link_select(&first, 100) == NINA_LINK_TIMEOUT);
    REQUIRE(strstr(nina_link_error(&first), "within 100 ms"));
    REQUIRE(nina_link_ready(&first, &high) == NINA_LINK_OK && high);
    REQUIRE(kill(emulator, SIGCONT) == 0);
    REQUIRE(nina_link_select(&first, 20000) == NINA_LINK_OK && nina_link_deselect(&first) == NINA_LINK_OK);
    command(&first, false);
    REQUIRE(nina_link_reconnect(&second, 20000) == NINA_LINK_OK);
    command(&second, false);
    /* Messages that nobody takes fill the socket: a send has a time-out too, after which half a message may be on its way. */
    REQUIRE(kill(emulator, SIGSTOP) == 0);
    enum nina_link_result result = NINA_LINK_OK;
    second.send_timeout = 100; /* that of open, made shorter */
    for (int i = 0; i < 100000 && result == NINA_LINK_OK; i++) result = nina_link_drive_gpio0(&second, i % 2);
    REQUIRE(result == NINA_LINK_TIMEOUT && strstr(nina_link_error(&second), "of 5 bytes"));
    REQUIRE(kill(emulator, SIGCONT) == 0);
    REQUIRE(nina_link_select(&second, 1000) == NINA_LINK_TIMEOUT && nina_link_reconnect(&second, 20000) == NINA_LINK_OK);
    command(&second, true);
}

static void two_hosts(long count) {
    REQUIRE(nina_link_open(&second, NULL, 20000) == NINA_LINK_OK);
    for (long i = 0; i < count; i++) {
        command(&first, i % 2);
        command(&second, i % 2);
        if (i % 10 == 0) REQUIRE(nina_link_reset(&first, 20000) == NINA_LINK_OK); /* the other is not reset */
    }
}

static void bsp(long count) {
    REQUIRE(nina_bsp_spi_slave_select(100) == -1);
    REQUIRE(nina_bsp_init() == 0 && nina_bsp_init() == 0 && nina_bsp_read_irq() == 0);
    for (long i = 0; i < count; i++) {
        uint8_t byte = 0, reply[3];
        nina_bsp_atomic_enter();
        REQUIRE(nina_bsp_spi_slave_select(0) == 0 && nina_bsp_spi_transfer(version, NULL, sizeof version) == 0);
        REQUIRE(nina_bsp_spi_slave_deselect() == 0 && nina_bsp_spi_slave_select(10000) == 0);
        for (int k = 0; byte != 0xE0 && k < 10; k++) REQUIRE(nina_bsp_spi_transfer(NULL, &byte, 1) == 0);
        REQUIRE(nina_bsp_spi_transfer(NULL, reply, sizeof reply) == 0 && reply[0] == 0xB7);
        REQUIRE(nina_bsp_spi_slave_deselect() == 0);
        nina_bsp_atomic_exit();
    }
    REQUIRE(nina_bsp_deinit() == 0 && nina_bsp_spi_transfer(version, NULL, 4) == -1 && nina_bsp_init() == 0);
    nina_bsp_deinit();
}

/* Prints the result of a peer that is not as it should be: of the open, or of what follows. The time-outs are milliseconds. */
static void report(uint32_t open_timeout, uint32_t reply_timeout) {
    bool high;
    enum nina_link_result result = nina_link_open(&first, NULL, open_timeout);
    if (result == NINA_LINK_OK) result = nina_link_select(&first, 20000);
    if (result == NINA_LINK_OK && (result = nina_link_transfer(&first, version, NULL, sizeof version)) == NINA_LINK_OK) {
        result = nina_link_deselect(&first);
    }
    /* The calls without a time-out end too, whatever the peer sends. */
    if (result == NINA_LINK_OK) result = nina_link_ready(&first, &high);
    if (result == NINA_LINK_OK) result = nina_link_irq(&first, &high);
    if (result == NINA_LINK_OK) result = nina_link_drive_gpio0(&first, false);
    if (result == NINA_LINK_OK) result = nina_link_select(&first, reply_timeout);
    printf("%s %s\n", nina_link_name(result), nina_link_error(&first));
}

int main(int count, char **arguments) {
    const char *check = count > 1 ? arguments[1] : "";
    long number = count > 2 ? atol(arguments[2]) : 0;
    if (strcmp(check, "report") == 0) report((uint32_t)number, count > 3 ? (uint32_t)atol(arguments[3]) : 0);
    else if (strcmp(check, "bsp") == 0) bsp(number);
    else {
        REQUIRE(nina_link_open(&first, NULL, 20000) == NINA_LINK_OK);
        if (strcmp(check, "commands") == 0) commands(number);
        else if (strcmp(check, "resets") == 0) resets(number);
        else if (strcmp(check, "lines") == 0) lines();
        else if (strcmp(check, "killed") == 0) killed((pid_t)number);
        else if (strcmp(check, "stopped") == 0) stopped((pid_t)number);
        else if (strcmp(check, "two-hosts") == 0) two_hosts(number);
        else require(false, "a known check", __LINE__);
    }
    nina_link_close(&first);
    if (*second.path) nina_link_close(&second);
    return 0;
}
