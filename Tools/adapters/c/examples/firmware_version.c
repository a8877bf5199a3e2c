/* Asks the coprocessor for the version of its firmware: cc -std=c99 -I.. firmware_version.c ../nina_link*.c -o firmware_version */
#include "nina_link.h"

#include <stdio.h>

static struct nina_link link; /* 130 KB: better not on a small stack */

static int fail(const char *step) {
    fprintf(stderr, "%s: %s\n", step, nina_link_error(&link));
    nina_link_close(&link);
    return 1;
}

int main(void) {
    static const uint8_t command[4] = {0xE0, 0x37, 0x00, 0xEE}; /* start, GET_FW_VERSION, no parameters, end */
    uint8_t byte = 0, reply[16] = {0};

    if (nina_link_open(&link, NULL, 5000) != NINA_LINK_OK) return fail("open");
    if (nina_link_reset(&link, 2000) != NINA_LINK_OK) return fail("reset");

    /* The first window carries the command. */
    if (nina_link_select(&link, 1000) != NINA_LINK_OK) return fail("select");
    if (nina_link_transfer(&link, command, NULL, sizeof command) != NINA_LINK_OK) return fail("command");
    if (nina_link_deselect(&link) != NINA_LINK_OK) return fail("deselect");

    /* The second reads the reply, which begins at its byte E0: E0, B7, 1 parameter, length, value, EE. */
    if (nina_link_select(&link, 10000) != NINA_LINK_OK) return fail("select for the reply");
    for (int skipped = 0; byte != 0xE0 && skipped < 10; skipped++) {
        if (nina_link_transfer_byte(&link, 0xFF, &byte) != NINA_LINK_OK) return fail("reply");
    }
    if (nina_link_transfer(&link, NULL, reply, sizeof reply - 1) != NINA_LINK_OK) return fail("reply");
    if (nina_link_deselect(&link) != NINA_LINK_OK) return fail("deselect");
    nina_link_close(&link);

    if (byte != 0xE0 || reply[0] != 0xB7 || reply[1] != 1 || reply[2] > sizeof reply - 4) {
        fprintf(stderr, "reply: expected E0 B7 01, got %02X %02X %02X\n", byte, reply[0], reply[1]);
        return 1;
    }
    printf("firmware %.*s\n", reply[2], (const char *)reply + 3);
    return 0;
}
