#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdint.h>

/* Allocations made by the calling thread so far. Always 0 when counting_allocations() is 0. */
uint64_t allocations_of_this_thread(void);

/* 1 when allocations are counted; 0 under a sanitizer, which replaces malloc itself. */
int32_t counting_allocations(void);

#endif
