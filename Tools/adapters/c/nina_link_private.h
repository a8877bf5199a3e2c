/* Shared by the two files of the adapter; no part of its interface. */
#ifndef NINA_LINK_PRIVATE_H
#define NINA_LINK_PRIVATE_H

#include "nina_link.h"

enum { RUNNING = 1, GPIO0_HIGH = 2, SELECTED = 4 }; /* bits of PINS */

/* Records a sentence. What leaves the two sides in different states breaks the link, and closes it. */
__attribute__((format(printf, 4, 5))) enum nina_link_result nina_link_fail(
    struct nina_link *link, enum nina_link_result result, bool breaks, const char *format, ...);

/* Nanoseconds of the monotonic clock. */
int64_t nina_link_now(void);
int64_t nina_link_deadline(uint32_t milliseconds);
/* Waits for bytes, or for room to send: above 0 when the socket is ready, 0 at the deadline. */
int nina_link_wait(int fd, bool reads, int64_t deadline);
enum nina_link_result nina_link_send(struct nina_link *link, const uint8_t *bytes, size_t length, int64_t deadline);
/* Takes what has arrived. It ends also when the peer sends without end; the rest is left for the next call then. */
enum nina_link_result nina_link_drain(struct nina_link *link);
enum nina_link_result nina_link_wait_queued(struct nina_link *link, int64_t deadline, uint32_t timeout_ms);

#endif
