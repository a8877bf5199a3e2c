// Checks of a guest test. A failed one is reported with its source line; a test's main ends with 'return checked();'.
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Defined in host.c.
extern int checks_failed;

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            printf("%s:%d: check failed: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno); \
            checks_failed++;                                                                \
        }                                                                                   \
    } while (0)

#define EXPECT(value, expected)                                                                         \
    do {                                                                                                \
        long value_ = (long)(value), expected_ = (long)(expected);                                      \
        if (value_ != expected_) {                                                                      \
            printf("%s:%d: %s is %ld, not %ld\n", __FILE__, __LINE__, #value, value_, expected_);       \
            checks_failed++;                                                                            \
        }                                                                                               \
    } while (0)

// For a condition that the rest of the test depends on.
#define REQUIRE(condition)                                                                  \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            printf("%s:%d: cannot: %s (%s)\n", __FILE__, __LINE__, #condition, strerror(errno)); \
            exit(1);                                                                        \
        }                                                                                   \
    } while (0)

static inline int checked(void)
{
    return checks_failed ? 1 : 0;
}

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

#endif
