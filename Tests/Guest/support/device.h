// The coprocessor's side: a device of the kernel module, served by the test itself.
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
    const uint8_t *payload; // until the next message is asked for
};

// -1 with errno when the device cannot be opened.
int device_file(int module);
void device_open(struct device *device, int module);
void device_close(struct device *device);
// Opens, greets, reads the host's greeting, and reports boot 1.
void device_start(struct device *device, int module);
// Writes a message; returns what write does.
long device_send(struct device *device, uint8_t type, uint8_t flags, const void *payload, size_t length);
// READY goes low.
void device_queue(struct device *device, int boots, uint8_t flags, const void *miso, size_t length);
// The next message from the host: 1, or 0 on time-out.
int device_next(struct device *device, struct message *message, int milliseconds);
// The next message, of that type and length.
struct message device_expect(struct device *device, uint8_t type, size_t length);
// No message arrives.
void device_expect_silence(struct device *device);
// The host sends a command of one byte, and this reply is queued for it.
void device_queue_reply(struct device *device, struct host *host, int boots, const void *miso, size_t length);
// The host reads a reply of so many bytes, and the next command is expected.
void device_read_reply(struct device *device, struct host *host, int boots, void *rx, uint32_t length);
// A command and its reply go through, and the next command is expected.
void device_serve(struct device *device, struct host *host, int boots);

#endif
