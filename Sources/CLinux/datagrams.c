#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int clinux_socket_udp(void) { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

int clinux_socket_icmp(int raw) {
    return socket(AF_INET, (raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP);
}

static int set_int(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value);
}

int clinux_set_broadcast(int fd) { return set_int(fd, SOL_SOCKET, SO_BROADCAST, 1); }

int clinux_set_reuse_address(int fd, int on) { return set_int(fd, SOL_SOCKET, SO_REUSEADDR, on); }

int clinux_set_reuse_port(int fd) { return set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1); }

int clinux_receive_joined_groups_only(int fd) { return set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0); }

int clinux_set_ttl(int fd, int32_t ttl) { return set_int(fd, IPPROTO_IP, IP_TTL, ttl); }

int clinux_join_group(int fd, uint32_t group, uint32_t interface) {
    struct ip_mreq request = {.imr_multiaddr.s_addr = group, .imr_interface.s_addr = interface};
    return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
}

int clinux_set_multicast_interface(int fd, uint32_t interface) {
    struct in_addr address = {.s_addr = interface};
    return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address);
}

int clinux_report_destination(int fd) { return set_int(fd, IPPROTO_IP, IP_PKTINFO, 1); }

ssize_t clinux_receive_datagram(int fd, void *buffer, size_t size, uint32_t *address, uint16_t *port,
                                uint32_t *destination, uint32_t *interface) {
    struct sockaddr_in sender = {0};
    struct iovec piece = {.iov_base = buffer, .iov_len = size};
    union {
        char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr aligned;
    } control;
    struct msghdr message = {
        .msg_name = &sender,
        .msg_namelen = sizeof sender,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    ssize_t count = recvmsg(fd, &message, MSG_DONTWAIT);
    if (count < 0) return count;
    *address = ntohl(sender.sin_addr.s_addr);
    *port = ntohs(sender.sin_port);
    *destination = 0;
    *interface = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(part), sizeof info);
            *destination = ntohl(info.ipi_addr.s_addr);
            *interface = (uint32_t)info.ipi_ifindex;
        }
    }
    return count;
}
