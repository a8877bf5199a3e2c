// What Swift cannot import from the Linux headers: variadic calls, function-like macros, packed
// structures, and constants whose Swift type depends on the C library.
//
// Every function returns -1 with errno set on failure unless it says otherwise.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CLinuxSPI.h"
#include "CLinuxTLS.h"

// ---- epoll, eventfd, signalfd, poll (events.c) ----

// An unpacked struct epoll_event.
struct clinux_event {
    uint64_t data;
    uint32_t events;
    uint32_t reserved;
};

// The most events one clinux_epoll_wait returns.
#define CLINUX_EPOLL_BATCH 256

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t data);
int clinux_epoll_delete(int epoll, int fd);
// A negative time-out waits without limit. Where the kernel has no nanosecond time-out, the time is
// rounded up to whole milliseconds.
int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t timeout_ns);

// Non-blocking, close-on-exec.
int clinux_eventfd_create(void);
int clinux_eventfd_signal(int fd);

// Non-blocking, close-on-exec, on the monotonic clock.
int clinux_timerfd_create(void);
// Expires once after a delay, which is at least 1; replaces the earlier one.
int clinux_timerfd_arm(int fd, int64_t delay_ns);

// Blocks the signals in the calling thread and returns a non-blocking descriptor that delivers them.
int clinux_signalfd_create(const int *signals, size_t count);
// Returns 1 and fills in the number and the sender of one signal, 0 when none is pending.
int clinux_signalfd_read(int fd, int32_t *signal, int32_t *sender);

// Waits for events on one descriptor. Returns what is ready (0: the time is over). A negative
// time-out waits without limit.
int clinux_poll(int fd, int events, int64_t timeout_ns);
// Waits until one of two descriptors is readable, closed or bad; the second may be -1. Returns 1 for the first, 2 for the
// second, 3 for both, 0 when the time is over or a signal came.
int clinux_poll_two(int first, int second, int64_t timeout_ns);

// ---- sockets (sockets.c) ----

extern const int clinux_msg_nosignal;
extern const int clinux_msg_dontwait;
extern const int clinux_msg_peek;
extern const int clinux_sock_stream;

// All close-on-exec.
int clinux_socket_tcp(void);
int clinux_socket_unix_stream(int nonblocking);
int clinux_socket_unix_datagram(void);
int clinux_socketpair(int nonblocking, int fds[2]);

struct sockaddr;
// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr *address, unsigned int *length);

// The user of the process at the other end of a connected Unix socket: of the one that called listen, for a client.
int clinux_peer_user(int fd, uint32_t *user);
// Urgent data of TCP among the rest (SO_OOBINLINE).
int clinux_set_oob_inline(int fd);
int clinux_set_nodelay(int fd);
int clinux_bind_without_port(int fd);
int clinux_reset_on_close(int fd);
int clinux_send_timeout(int fd, int64_t seconds, int64_t microseconds);
int clinux_receive_timeout(int fd, int64_t seconds, int64_t microseconds);
int clinux_socket_error(int fd, int *error);
int clinux_readable_bytes(int fd, int *count);
int clinux_unsent_bytes(int fd, int *count);
int clinux_untransmitted_bytes(int fd, int *count);

// Attaches a filter that drops every packet, or detaches it. Detaching what is not there succeeds.
int clinux_drop_packets(int fd, int drop);

// ---- datagrams (datagrams.c) ----

// Non-blocking, close-on-exec.
int clinux_socket_udp(void);
// An ICMP socket of the unprivileged kind, or a raw one.
int clinux_socket_icmp(int raw);
int clinux_set_broadcast(int fd);
int clinux_set_reuse_address(int fd, int on);
// The port may be shared with other sockets of the same user.
int clinux_set_reuse_port(int fd);
// Only datagrams to groups that this socket has joined, by the interface that it has joined them on.
int clinux_receive_joined_groups_only(int fd);
int clinux_set_ttl(int fd, int32_t ttl);
// Addresses in network order.
int clinux_join_group(int fd, uint32_t group, uint32_t interface);
int clinux_set_multicast_interface(int fd, uint32_t interface);
// Has clinux_receive_datagram return the address that a datagram was sent to, and the interface it came by.
int clinux_report_destination(int fd);
// Receives without waiting. Addresses and port in host order; destination and interface 0 where they are not reported.
ssize_t clinux_receive_datagram(int fd, void *buffer, size_t size, uint32_t *address, uint16_t *port,
                                uint32_t *destination, uint32_t *interface);

// ---- processes (process.c) ----

// What becomes of a child's output when it is not given a descriptor.
#define CLINUX_OUTPUT_INHERIT (-1)
#define CLINUX_OUTPUT_DISCARD (-2)

// Starts a program with standard input from /dev/null, no blocked signals, default dispositions and
// no descriptor beyond the first three, in a process group of its own: what a terminal sends the parent's group
// (Ctrl-C) does not reach it. Returns an error number, 0 for success.
int clinux_spawn(const char *path, char *const arguments[], char *const environment[], int output,
                 int error, int32_t *pid);
// Starts a program as execvp does: PATH is searched, descriptors and ignored signals are inherited, except that SIGPIPE is
// default and no signal is blocked. It joins a process group, or for 0 leads one of its own, and is killed when the calling
// thread ends. Returns an error number, 0 for success.
int clinux_spawn_command(const char *file, char *const arguments[], char *const environment[], int32_t group,
                         int32_t *pid);
// Returns 0 in the new process, its number in the old one. Only for a process with one thread.
int32_t clinux_fork(void);
// Children of children become those of this process when their parents end; SIGCHLD is default.
int clinux_adopt_orphans(void);
// A child that has ended and is not reaped: its number, 0 for none, -1 without any child (ECHILD).
int32_t clinux_ended_child(void);
// A close-on-exec pipe whose ends are not among the first three descriptors.
int clinux_pipe(int fds[2]);
// A close-on-exec descriptor that becomes readable when the process ends.
int clinux_pidfd_open(int32_t pid);
// Returns 1 when the process has been reaped, 0 when it still runs. code: exit code or signal number.
int clinux_reap(int32_t pid, int block, int *signaled, int *code);
char *const *clinux_environment(void);

// ---- files (files.c) ----

// Names are relative to a directory and are never followed where they are symbolic links. Everything is
// close-on-exec; new files have mode 0600, new directories 0700.
//
// A directory by its path, through whatever links the path has.
int clinux_open_directory_path(const char *path);
// Whether a path is on a file system in memory: 1, 0, or -1.
int clinux_is_in_memory(const char *path);
int clinux_open_directory(int directory, const char *name);
// For reading; does not wait for the other end of a FIFO.
int clinux_open_file(int directory, const char *name);
// A new one, for writing: EEXIST when there is anything of that name.
int clinux_create_file(int directory, const char *name);
// Takes an advisory exclusive lock on a directory; the descriptor returned holds it. Does not wait:
// EWOULDBLOCK when it is taken.
int clinux_lock_directory(const char *path);
// Opens or creates a file and locks it as long as the descriptor is open: EWOULDBLOCK when it is locked.
int clinux_lock_file(int directory, const char *name);
// Locks a file, if there is one of that name.
int clinux_lock_existing_file(int directory, const char *name);
// Returns 1 and the size for a regular file, 0 for anything else.
int clinux_regular_size(int fd, int64_t *size);
// The same of a name.
int clinux_regular_size_at(int directory, const char *name, int64_t *size);
int clinux_make_directory(int directory, const char *name);
int clinux_remove_file(int directory, const char *name);
int clinux_remove_directory(int directory, const char *name);
// What is in a directory. Null on failure, and null with errno 0 at the end.
void *clinux_list_open(int directory);
const char *clinux_list_next(void *list);
void clinux_list_close(void *list);

// ---- synchronizing (synchronize.c) ----

// The most that one call synchronizes.
enum { CLINUX_SYNC_LIMIT = 32 };
// A queue of the kernel for the calls below; 0 when it has none. Destroying one may take milliseconds.
unsigned long clinux_sync_queue_create(void);
void clinux_sync_queue_destroy(unsigned long queue);
// Synchronizes files or directories to disk at the same time, or one after another without a queue: their bytes and
// size, or with only_data 0 all of them. Waits for all; errors has 0 or an error number for each.
void clinux_sync_all(unsigned long *queue, const int32_t *fds, size_t count, int only_data, int32_t *errors);

// ---- the rest (system.c) ----

// Names and texts of error numbers, untranslated. The name is null for an unknown number; the text is
// written to the buffer.
const char *clinux_errno_name(int number);
void clinux_errno_text(int number, char *buffer, size_t size);

// Sets the soft limit of open files to the hard one. Returns the limit in force.
int64_t clinux_raise_open_files(void);
int clinux_pin(int cpu);
int clinux_current_cpu(void);
int64_t clinux_ticks_per_second(void);
// How many characters a line of a terminal has; 0 when that is not known, -1 when it is no terminal.
int clinux_terminal_columns(int fd);

/// The rows of a terminal; -1 for something else.
int clinux_terminal_rows(int fd);

/// Makes a terminal a page, until `clinux_terminal_leave`, `exit` or a trap. One at a time. Fails with errno.
int clinux_terminal_enter(int input, int output);

/// Makes the terminal as it was before; without `clinux_terminal_enter` nothing.
void clinux_terminal_leave(void);

/* Clears O_NONBLOCK. */
int32_t clinux_set_blocking(int32_t descriptor);

/* SIGPIPE does nothing from now on. */
void clinux_ignore_broken_pipes(void);
/* SIGINT and SIGTERM raise a flag instead of ending the process. */
void clinux_catch_end_requests(void);
/* 1 when one of them has come. */
int32_t clinux_end_requested(void);
int clinux_interface_is_up(unsigned int flags);

// Identifies the calling thread: pthread_t is a number or a pointer.
uintptr_t clinux_current_thread(void);
// Runs a function in a new detached thread that has all signals blocked. Returns an error number.
int clinux_start_thread(size_t stack_bytes, void *(*function)(void *), void *argument);

#endif
