#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

const int clinux_msg_nosignal = MSG_NOSIGNAL;
const int clinux_msg_dontwait = MSG_DONTWAIT;
const int clinux_msg_peek = MSG_PEEK;
const int clinux_sock_stream = SOCK_STREAM;

static int stream_type(int nonblocking) {
    return SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
}

int clinux_socket_tcp(void) { return socket(AF_INET, stream_type(1), 0); }

int clinux_socket_unix_stream(int nonblocking) { return socket(AF_UNIX, stream_type(nonblocking), 0); }

int clinux_socket_unix_datagram(void) {
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int clinux_socketpair(int nonblocking, int fds[2]) {
    return socketpair(AF_UNIX, stream_type(nonblocking), 0, fds);
}

int clinux_accept(int listener, struct sockaddr *address, unsigned int *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static int set_flag(int fd, int level, int name) {
    int on = 1;
    return setsockopt(fd, level, name, &on, sizeof on);
}

int clinux_peer_user(int fd, uint32_t *user) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return -1;
    *user = peer.uid;
    return 0;
}

int clinux_set_oob_inline(int fd) { return set_flag(fd, SOL_SOCKET, SO_OOBINLINE); }

int clinux_set_nodelay(int fd) { return set_flag(fd, IPPROTO_TCP, TCP_NODELAY); }

int clinux_bind_without_port(int fd) { return set_flag(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT); }

int clinux_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static int set_timeout(int fd, int name, int64_t seconds, int64_t microseconds) {
    struct timeval value = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)microseconds};
    return setsockopt(fd, SOL_SOCKET, name, &value, sizeof value);
}

int clinux_send_timeout(int fd, int64_t seconds, int64_t microseconds) {
    return set_timeout(fd, SO_SNDTIMEO, seconds, microseconds);
}

int clinux_receive_timeout(int fd, int64_t seconds, int64_t microseconds) {
    return set_timeout(fd, SO_RCVTIMEO, seconds, microseconds);
}

int clinux_socket_error(int fd, int *error) {
    socklen_t length = sizeof *error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, error, &length);
}

int clinux_readable_bytes(int fd, int *count) { return ioctl(fd, FIONREAD, count); }

int clinux_unsent_bytes(int fd, int *count) { return ioctl(fd, SIOCOUTQ, count); }

int clinux_untransmitted_bytes(int fd, int *count) { return ioctl(fd, SIOCOUTQNSD, count); }

int clinux_drop_packets(int fd, int drop) {
    if (drop) {
        struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
        struct sock_fprog program = {.len = 1, .filter = code};
        return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    }
    int unused = 0;
    int result = setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
    return result < 0 && errno == ENOENT ? 0 : result;
}
