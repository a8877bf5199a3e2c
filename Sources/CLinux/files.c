#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_open_directory_path(const char *path) {
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int clinux_is_in_memory(const char *path) {
    struct statfs status;
    return statfs(path, &status) < 0 ? -1 : status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

int clinux_open_directory(int directory, const char *name) {
    return openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int clinux_open_file(int directory, const char *name) {
    return openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int clinux_create_file(int directory, const char *name) {
    return openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

// Locks what was opened, or closes it.
static int lock(int fd) {
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int clinux_lock_directory(const char *path) { return lock(clinux_open_directory_path(path)); }

int clinux_lock_file(int directory, const char *name) {
    return lock(
        openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
}

int clinux_lock_existing_file(int directory, const char *name) {
    return lock(clinux_open_file(directory, name));
}

static int regular_size(const struct stat *status, int64_t *size) {
    *size = status->st_size;
    return S_ISREG(status->st_mode) ? 1 : 0;
}

int clinux_regular_size(int fd, int64_t *size) {
    struct stat status;
    return fstat(fd, &status) < 0 ? -1 : regular_size(&status, size);
}

int clinux_regular_size_at(int directory, const char *name, int64_t *size) {
    struct stat status;
    return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : regular_size(&status, size);
}

int clinux_make_directory(int directory, const char *name) { return mkdirat(directory, name, 0700); }

int clinux_remove_file(int directory, const char *name) { return unlinkat(directory, name, 0); }

int clinux_remove_directory(int directory, const char *name) { return unlinkat(directory, name, AT_REMOVEDIR); }

void *clinux_list_open(int directory) {
    // A descriptor of its own: the list has a position, and closes what it was given.
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    DIR *list = fdopendir(fd);
    if (list == NULL) {
        int saved = errno;
        close(fd);
        errno = saved;
    }
    return list;
}

const char *clinux_list_next(void *list) {
    errno = 0;
    struct dirent *entry = readdir(list);
    return entry == NULL ? NULL : entry->d_name;
}

void clinux_list_close(void *list) { closedir(list); }
