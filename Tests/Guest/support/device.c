#include "device.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "check.h"

static const uint8_t greeting[] = {'N', 'I', 'N', 'A', 1};

int device_file(int module)
{
    char path[32];
    snprintf(path, sizeof path, "/dev/nina%d", module);
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void device_open(struct device *device, int module)
{
    device->start = device->end = 0;
    device->file = device_file(module);
    REQUIRE(device->file >= 0);
}

void device_close(struct device *device)
{
    close(device->file);
}

void device_start(struct device *device, int module)
{
    device_open(device, module);
    EXPECT(device_send(device, DEVICE_HELLO, 0, greeting, sizeof greeting), 4 + sizeof greeting);
    device_expect(device, HOST_HELLO, sizeof greeting);
    device_queue(device, 1, 0, NULL, 0);
}

long device_send(struct device *device, uint8_t type, uint8_t flags, const void *payload, size_t length)
{
    uint8_t bytes[8192] = {type, flags, length >> 8, length};
    if (length)
        memcpy(bytes + 4, payload, length);
    return write(device->file, bytes, 4 + length);
}

void device_queue(struct device *device, int boots, uint8_t flags, const void *miso, size_t length)
{
    EXPECT(device_send(device, QUEUED, flags | boots << 2, miso, length), 4 + length);
}

int device_next(struct device *device, struct message *message, int milliseconds)
{
    if (device->start == device->end) {
        struct pollfd wait = {.fd = device->file, .events = POLLIN};
        if (poll(&wait, 1, milliseconds) <= 0)
            return 0;
        ssize_t count = read(device->file, device->bytes, sizeof device->bytes);
        REQUIRE(count > 0);
        device->start = 0;
        device->end = count;
    }
    const uint8_t *bytes = device->bytes + device->start;
    REQUIRE(device->end - device->start >= 4);
    *message = (struct message){bytes[0], bytes[1], bytes[2] << 8 | bytes[3], bytes + 4};
    device->start += 4 + message->length;
    REQUIRE(device->start <= device->end); // only complete messages
    return 1;
}

struct message device_expect(struct device *device, uint8_t type, size_t length)
{
    struct message message = {0};
    CHECK(device_next(device, &message, 1000));
    EXPECT(message.type, type);
    EXPECT(message.length, length);
    return message;
}

void device_expect_silence(struct device *device)
{
    struct message message;
    if (device_next(device, &message, 0)) {
        printf("a message of type %d came that was not expected\n", message.type);
        checks_failed++;
    }
}

void device_queue_reply(struct device *device, struct host *host, int boots, const void *miso, size_t length)
{
    window(host, "x", NULL, 1);
    device_expect(device, WINDOW, 1);
    device_queue(device, boots, FLAG_REPLY, miso, length);
}

void device_read_reply(struct device *device, struct host *host, int boots, void *rx, uint32_t length)
{
    window(host, NULL, rx, length);
    device_expect(device, WINDOW, length);
    device_queue(device, boots, 0, NULL, 0);
}

void device_serve(struct device *device, struct host *host, int boots)
{
    uint8_t rx[4];
    EXPECT(get_level(host->ready), 0);
    window(host, "ping", NULL, 4);
    struct message message = device_expect(device, WINDOW, 4);
    CHECK(memcmp(message.payload, "ping", 4) == 0);
    device_queue(device, boots, FLAG_REPLY, "pong", 4);
    EXPECT(get_level(host->ready), 0);
    device_read_reply(device, host, boots, rx, 4);
    CHECK(memcmp(rx, "pong", 4) == 0);
    EXPECT(get_level(host->ready), 0);
}
