// The emulator's Unix socket: a slave with two lines, as Protocol/link.md describes it.
#include "nina_host.h"

#include <stdlib.h>
#include <string.h>

namespace nina {

namespace {

enum : uint8_t { HELLO = 0x01, WINDOW = 0x02, PINS = 0x03, DEVICE_HELLO = 0x81, QUEUED = 0x82, IRQ = 0x83 };

// How long the emulator may take to answer the HELLO, and to take a message, in microseconds.
const uint64_t patience = 5000000;
// The longest wait of a read of READY or IRQ, in microseconds.
const uint64_t shortWait = 1000;
const size_t longest = 65535;

int descriptor = -1;
bool isSelected, isQueued, hasStarted;
bool resetLevel = true, gpio0Level = true, irqLevel;
// Boots of the device on this connection, modulo 64: a transaction that was queued before a reset is not for what follows it.
uint8_t boots;
uint8_t miso[longest], mosi[longest];
size_t misoCount, misoNext, mosiCount;

uint8_t input[4 + longest];
size_t inputCount;

[[noreturn]] void violation(const char *what) { fail("the emulator breaks the protocol of the link: ", what); }

void take(uint8_t type, uint8_t flags, const uint8_t *payload, size_t count) {
    switch (type) {
    case DEVICE_HELLO:
        if (count != 5 || memcmp(payload, "NINA\1", 5) != 0) violation("expected NINA and version 1 in its HELLO");
        break;
    case QUEUED:
        if (!hasStarted) boots = flags >> 2;
        if (!resetLevel || flags >> 2 != boots) break;
        hasStarted = isQueued = true;
        irqLevel = flags & 1;
        memcpy(miso, payload, count);
        misoCount = count;
        break;
    case IRQ:
        if (resetLevel) irqLevel = flags & 1;
        break;
    default: violation("a message of an unknown type");
    }
}

void takeMessages() {
    size_t start = 0;
    while (inputCount - start >= 4) {
        const uint8_t *message = input + start;
        const size_t count = size_t(message[2]) << 8 | message[3];
        if (inputCount - start < 4 + count) break;
        take(message[0], message[1], message + 4, count);
        start += 4 + count;
    }
    memmove(input, input + start, inputCount - start);
    inputCount -= start;
}

// Takes what has arrived.
// - Returns: whether anything had.
bool receive() {
    bool hasMore = true, hasReceived = false;
    while (hasMore) {
        bool again;
        const long count = receiveNow(descriptor, input + inputCount, sizeof input - inputCount, &again);
        if (count == 0 || (count < 0 && !again)) fail("the emulator has ended, or has closed the connection; its log says why");
        hasMore = count > 0 && inputCount + size_t(count) == sizeof input;
        if (count > 0) {
            hasReceived = true;
            inputCount += size_t(count);
            takeMessages();
        }
    }
    return hasReceived;
}

void send(const uint8_t *bytes, size_t count) {
    const uint64_t deadline = microseconds() + patience;
    while (count > 0) {
        bool again = false;
        const long sent = sendNow(descriptor, bytes, count, &again);
        if (sent < 0 && !again) {
            // What it has sent before its end says more.
            receive();
            fail("the emulator has ended");
        }
        if (sent > 0) {
            bytes += sent;
            count -= size_t(sent);
        } else {
            const uint64_t now = microseconds();
            if (now >= deadline) fail("the emulator has read nothing for 5 s");
            receive();
            waitFor(descriptor, true, deadline - now);
        }
    }
}

void sendMessage(uint8_t type, const uint8_t *payload, size_t count) {
    const uint8_t header[] = {type, 0, uint8_t(count >> 8), uint8_t(count)};
    send(header, sizeof header);
    send(payload, count);
}

void sendPins() {
    const uint8_t pins = uint8_t(resetLevel | gpio0Level << 1 | isSelected << 2);
    sendMessage(PINS, &pins, 1);
}

// The path of the socket.
const char *socketPath() {
    const char *transport = getenv("NINA_TRANSPORT");
    if (transport && strncmp(transport, "unix:", 5) == 0) {
        static char path[128];
        strncpy(path, transport + 5, sizeof path - 1);
        if (char *option = strchr(path, ',')) *option = 0;
        return path;
    }
    if (transport && *transport) fail("NINA_TRANSPORT: a sketch takes unix:PATH only, got ", transport);
    const char *path = getenv("NINA_SOCKET");
    if (!path || !*path) fail("no coprocessor: start the sketch by 'nina run -- PROGRAM', or set NINA_SOCKET to the socket of an emulator");
    return path;
}

}

void linkOpen() {
    if (descriptor >= 0) return;
    const char *path = socketPath();
    int error = 0;
    descriptor = openSocket(path, &error);
    if (descriptor < 0) {
        char detail[160];
        strcpy(detail, strerror(error));
        strcat(detail, ": ");
        strncat(detail, path, 110);
        fail("no emulator listens on the socket: ", detail);
    }
    sendMessage(HELLO, reinterpret_cast<const uint8_t *>("NINA\1"), 5);
    // The first transaction has the number of boots, which a reset needs.
    const uint64_t deadline = microseconds() + patience;
    while (!hasStarted) {
        const uint64_t now = microseconds();
        if (now >= deadline) fail("the emulator has not answered the HELLO within 5 s: ", path);
        if (waitFor(descriptor, false, deadline - now)) receive();
    }
}

void linkSelect(bool select) {
    linkOpen();
    if (select == isSelected) return;
    isSelected = select;
    receive();
    if (select) {
        // What a slave has not queued by now reads as zeroes in the whole window.
        if (!isQueued) misoCount = 0;
        misoNext = mosiCount = 0;
    } else if (resetLevel) {
        isQueued = false;
        sendMessage(WINDOW, mosi, mosiCount);
    }
}

uint8_t linkTransfer(uint8_t byte) {
    // Nobody drives MISO.
    if (!isSelected) return 0xFF;
    if (mosiCount < longest) mosi[mosiCount++] = byte;
    return misoNext < misoCount ? miso[misoNext++] : 0;
}

void linkReset(bool level) {
    linkOpen();
    if (level == resetLevel) return;
    resetLevel = level;
    isQueued = irqLevel = false;
    if (level) boots = (boots + 1) & 63;
    misoCount = misoNext = 0;
    sendPins();
}

void linkGPIO0(bool level) {
    linkOpen();
    if (level == gpio0Level) return;
    gpio0Level = level;
    sendPins();
}

bool linkReady() {
    linkOpen();
    if (!isSelected && !receive() && !isQueued && waitFor(descriptor, false, shortWait)) receive();
    return isQueued && !isSelected;
}

bool linkIRQ() {
    linkOpen();
    if (!receive() && !irqLevel && waitFor(descriptor, false, shortWait)) receive();
    return irqLevel;
}

}
