#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "CLinux.h"

static void copy_name(char *to, const char *from) {
    memcpy(to, from, CLINUX_GPIO_NAME);
    to[CLINUX_GPIO_NAME - 1] = 0;
}

int clinux_gpio_chip(int fd, char *name, char *label, uint32_t *lines) {
    struct gpiochip_info info;
    memset(&info, 0, sizeof info);
    if (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) < 0) return -1;
    copy_name(name, info.name);
    copy_name(label, info.label);
    *lines = info.lines;
    return 0;
}

int clinux_gpio_line(int fd, uint32_t offset, char *name, char *consumer) {
    struct gpio_v2_line_info info;
    memset(&info, 0, sizeof info);
    info.offset = offset;
    if (ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0) return -1;
    copy_name(name, info.name);
    copy_name(consumer, info.consumer);
    return 0;
}

static void configure(struct gpio_v2_line_config *config, int use, int level) {
    if (use & CLINUX_GPIO_INPUT) config->flags |= GPIO_V2_LINE_FLAG_INPUT;
    if (use & CLINUX_GPIO_RISING) config->flags |= GPIO_V2_LINE_FLAG_EDGE_RISING;
    if (use & CLINUX_GPIO_FALLING) config->flags |= GPIO_V2_LINE_FLAG_EDGE_FALLING;
    if (use & CLINUX_GPIO_PULL_UP) config->flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
    if (use & CLINUX_GPIO_PULL_DOWN) config->flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
    if (use & CLINUX_GPIO_OUTPUT) {
        config->flags |= GPIO_V2_LINE_FLAG_OUTPUT;
        config->num_attrs = 1;
        config->attrs[0].mask = 1;
        config->attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
        config->attrs[0].attr.values = level ? 1 : 0;
    }
}

int clinux_gpio_request(int fd, uint32_t offset, int use, int level, const char *consumer) {
    struct gpio_v2_line_request request;
    memset(&request, 0, sizeof request);
    request.offsets[0] = offset;
    request.num_lines = 1;
    strncpy(request.consumer, consumer, sizeof request.consumer - 1);
    configure(&request.config, use, level);
    if (ioctl(fd, GPIO_V2_GET_LINE_IOCTL, &request) < 0) return -1;
    int flags = fcntl(request.fd, F_GETFL);
    if (flags < 0 || fcntl(request.fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(request.fd, F_SETFD, FD_CLOEXEC) < 0) {
        int saved = errno;
        close(request.fd);
        errno = saved;
        return -1;
    }
    return request.fd;
}

int clinux_gpio_configure(int line, int use, int level) {
    struct gpio_v2_line_config config;
    memset(&config, 0, sizeof config);
    configure(&config, use, level);
    return ioctl(line, GPIO_V2_LINE_SET_CONFIG_IOCTL, &config);
}

int clinux_gpio_get(int line) {
    struct gpio_v2_line_values values = {.mask = 1};
    if (ioctl(line, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0) return -1;
    return values.bits & 1;
}

int clinux_gpio_set(int line, int level) {
    struct gpio_v2_line_values values = {.mask = 1, .bits = level ? 1 : 0};
    return ioctl(line, GPIO_V2_LINE_SET_VALUES_IOCTL, &values);
}

int clinux_gpio_events(int line, struct gpio_v2_line_event *events, int capacity) {
    ssize_t count = read(line, events, (size_t)capacity * sizeof *events);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    return (int)(count / (ssize_t)sizeof *events);
}
