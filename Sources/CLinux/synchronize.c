#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Each of several calls of fsync waits for the disk to empty its cache. The kernel's asynchronous I/O runs them at the
// same time, which a file system with a journal turns into one write of the journal, and the block layer into one
// emptying of the cache. It needs no threads of this process.

enum { UNFINISHED = -1 };

unsigned long clinux_sync_queue_create(void) {
    aio_context_t queue = 0;
    return syscall(SYS_io_setup, CLINUX_SYNC_LIMIT, &queue) < 0 ? 0 : queue;
}

void clinux_sync_queue_destroy(unsigned long queue) {
    if (queue != 0)
        (void)syscall(SYS_io_destroy, queue);
}

static int32_t sync_one(int fd, int only_data) {
    int result;
    do
        result = only_data ? fdatasync(fd) : fsync(fd);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

// Returns how many were submitted, from the first one on.
static size_t submit(unsigned long queue, const int32_t *fds, size_t count, int only_data) {
    struct iocb requests[CLINUX_SYNC_LIMIT];
    struct iocb *pointers[CLINUX_SYNC_LIMIT];
    memset(requests, 0, sizeof requests);
    for (size_t i = 0; i < count; i++) {
        requests[i].aio_data = i;
        requests[i].aio_fildes = (uint32_t)fds[i];
        requests[i].aio_lio_opcode = only_data ? IOCB_CMD_FDSYNC : IOCB_CMD_FSYNC;
        pointers[i] = &requests[i];
    }
    size_t submitted = 0;
    while (submitted < count) {
        long more = syscall(SYS_io_submit, queue, (long)(count - submitted), pointers + submitted);
        if (more <= 0)
            break;
        submitted += (size_t)more;
    }
    return submitted;
}

// Returns -1 when the answers of some requests, whose errors are EIO then, will never be known.
static int collect(unsigned long queue, size_t submitted, int32_t *errors) {
    int is_answered[CLINUX_SYNC_LIMIT] = {0};
    size_t answered = 0;
    struct io_event events[CLINUX_SYNC_LIMIT];
    while (answered < submitted) {
        long count = syscall(SYS_io_getevents, queue, 1L, (long)(submitted - answered), events, NULL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            for (size_t i = 0; i < submitted; i++)
                if (!is_answered[i])
                    errors[i] = EIO;
            return -1;
        }
        for (long i = 0; i < count; i++) {
            is_answered[events[i].data] = 1;
            // A file system that knows only the plain calls gets them.
            int isRefused = events[i].res == -EINVAL || events[i].res == -EOPNOTSUPP;
            if (!isRefused)
                errors[events[i].data] = events[i].res < 0 ? (int32_t)-events[i].res : 0;
        }
        answered += (size_t)count;
    }
    return 0;
}

void clinux_sync_all(unsigned long *queue, const int32_t *fds, size_t count, int only_data, int32_t *errors) {
    for (size_t i = 0; i < count; i++)
        errors[i] = UNFINISHED;
    if (*queue != 0 && count > 1 && count <= CLINUX_SYNC_LIMIT &&
        collect(*queue, submit(*queue, fds, count, only_data), errors) < 0) {
        // What is still under way would be taken for answers of the next call.
        clinux_sync_queue_destroy(*queue);
        *queue = 0;
    }
    for (size_t i = 0; i < count; i++)
        if (errors[i] == UNFINISHED)
            errors[i] = sync_one(fds[i], only_data);
}
