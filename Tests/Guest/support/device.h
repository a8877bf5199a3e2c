// The coprocessor's side: a device of the kernel module, driven by the test itself.
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "host.h"

enum { HOST_HELLO = 1, WINDOW, PINS, DEVICE_HELLO = 0x81, QUEUED, IRQ };
enum { FLAG_IRQ = 1, FLAG_REPLY = 2 };

struct device {
    int file;
    uint8_t bytes[8192];
    size_t start, end;
};

struct message {
    uint8_t type, flags;
    uint16_t length;
    const uint8_t *payload; // valid until the next message is read
};

// -1 with errno when the device cannot be opened.
int device_file(int module);
void device_open(struct device *device, int module);
void device_close(struct device *device);
// Opens, greets, reads the host's greeting, and reports boot 1.
void device_start(struct device *device, int module);
// Writes a message; returns the result of write().
long device_send(struct device *device, uint8_t type, uint8_t flags, const void *payload, size_t length);
// Queues bytes for the next window: READY goes low.
void device_queue(struct device *device, int boots, uint8_t flags, const void *miso, size_t length);
// The next message from the host: 1, or 0 on time-out.
int device_next(struct device *device, struct message *message, int milliseconds);
// Reads the next message, which must have this type and length.
struct message device_expect(struct device *device, uint8_t type, size_t length);
// No message arrives.
void device_expect_silence(struct device *device);
// The host sends a command of one byte, and the device queues this reply.
void device_queue_reply(struct device *device, struct host *host, int boots, const void *miso, size_t length);
// The host reads a reply of this length, and the device expects the next command.
void device_read_reply(struct device *device, struct host *host, int boots, void *rx, uint32_t length);
// Exchanges a command and its reply; then the device expects the next command.
void device_serve(struct device *device, struct host *host, int boots);

#endif
