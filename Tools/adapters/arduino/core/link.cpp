// The emulator's Unix socket: a slave with two lines, as Protocol/link.md describes it.
#include "nina_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace nina {

namespace {

enum : uint8_t { HELLO = 0x01, WINDOW = 0x02, PINS = 0x03, DEVICE_HELLO = 0x81, QUEUED = 0x82, IRQ = 0x83 };

const uint8_t greeting[] = {'N', 'I', 'N', 'A', 1};
// How long the emulator may take to accept the connection and answer the HELLO, and to take a message, in microseconds.
const uint64_t patience = 5000000;
// The longest wait of a read of READY or IRQ, in microseconds.
const uint64_t shortWait = 1000;
const size_t longest = 65535;

int descriptor = -1;
// `isUp`: the boot that RESET has begun has queued something. `hasGuessed`: in this boot a window was sent that nothing was known to be
// queued for, so that it is not known either what it has met. `hasMissed`: nothing was queued when this window began.
bool isSelected, isQueued, isGreeted, hasStarted, isUp, hasGuessed, hasMissed;
bool resetLevel = true, gpio0Level = true, irqLevel;
// Boots of the device on this connection, modulo 64: a transaction that was queued before a reset is not for what follows it.
uint8_t boots;
uint8_t miso[longest], mosi[longest];
size_t misoCount, misoNext, mosiCount;

uint8_t input[4 + longest];
size_t inputCount;

// Of another boot, or from before the coprocessor is up again after a reset: to be ignored. The first of a later boot tells of a start by
// itself, as after a break-down of the supply; wires tell nobody of it.
bool isStale(uint8_t flags) {
    const uint8_t ahead = hasStarted ? ((flags >> 2) - boots) & 63 : 0;
    return !resetLevel || (ahead > 0 && (ahead >= 32 || (flags & 2)));
}

// What is wrong with a header; null for nothing.
const char *expectedInsteadOf(uint8_t type, uint8_t flags, size_t count) {
    if (!isGreeted) return type == DEVICE_HELLO && count == sizeof greeting ? nullptr : "its HELLO (type 81, length 5)";
    if (type == IRQ) return count == 0 ? nullptr : "an IRQ message of length 0";
    if (type != QUEUED) return "QUEUED (82) or IRQ (83)";
    if (isStale(flags)) return nullptr;
    if (count > 0 && !(flags & 2)) return "QUEUED of length 0, as a command is expected";
    if (isQueued && !hasGuessed && flags >> 2 == boots) return "no second QUEUED before the next window";
    return nullptr;
}

// Checks a header before its payload is waited for.
void check(uint8_t type, uint8_t flags, size_t count) {
    const char *const expected = expectedInsteadOf(type, flags, count);
    if (!expected) return;
    char detail[128];
    snprintf(detail, sizeof detail, "expected %s, got type %02X flags %02X length %u", expected, type, flags, unsigned(count));
    fail("the emulator breaks the protocol of the link: ", detail);
}

void take(uint8_t type, uint8_t flags, const uint8_t *payload, size_t count) {
    if (type == DEVICE_HELLO) {
        if (memcmp(payload, greeting, sizeof greeting) != 0)
            fail("the emulator breaks the protocol of the link: expected NINA and version 1 in its HELLO");
        isGreeted = true;
    } else if (type == IRQ) {
        if (isUp) irqLevel = flags & 1;
    } else if (!isStale(flags)) {
        boots = flags >> 2;
        hasStarted = isUp = isQueued = true;
        irqLevel = flags & 1;
        memcpy(miso, payload, count);
        misoCount = count;
    }
}

void takeMessages() {
    size_t start = 0;
    while (inputCount - start >= 4) {
        const uint8_t *message = input + start;
        const size_t count = size_t(message[2]) << 8 | message[3];
        check(message[0], message[1], count);
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

// The socket of the emulator, and who may listen on it besides root: -1 for anybody.
struct Address {
    char path[108] = {};
    int64_t trusted = userID();

    // PATH[,uid=N|any], where the path may have commas.
    void parse(const char *text) {
        const char *end = text + strlen(text);
        const char *const comma = strrchr(text, ',');
        if (comma && strncmp(comma, ",uid=", 5) == 0 && !strchr(comma, '/')) {
            end = comma;
            parseUser(comma + 5);
        }
        const size_t count = size_t(end - text);
        if (count == 0) fail("the address of the emulator: expected unix:PATH, got no path");
        if (count >= sizeof path) fail("the address of the emulator: expected a path of at most 107 bytes, got ", text);
        memcpy(path, text, count);
    }

    void parseUser(const char *text) {
        trusted = -1;
        if (strcmp(text, "any") == 0) return;
        trusted = 0;
        const char *digit = text;
        for (; *digit >= '0' && *digit <= '9' && trusted <= 0xFFFFFFFF; digit++) trusted = trusted * 10 + (*digit - '0');
        if (digit == text || *digit || trusted > 0xFFFFFFFF)
            fail("the address of the emulator: expected uid= and a user's number or any, got ", text);
    }

    Address() {
        const char *const transport = getenv("NINA_TRANSPORT"), *const socket = getenv("NINA_SOCKET");
        if (transport && *transport) {
            if (strncmp(transport, "unix:", 5) != 0) fail("NINA_TRANSPORT: a sketch takes unix:PATH only, got ", transport);
            parse(transport + 5);
        } else if (socket && *socket) {
            parse(socket);
        } else {
            fail("no coprocessor: start the sketch by 'nina run -- PROGRAM', or set NINA_SOCKET to the socket of an emulator");
        }
    }
};

void connectTo(const Address &address, uint64_t deadline) {
    bool isTimeOver = false;
    descriptor = openSocket(address.path, deadline, &isTimeOver);
    if (descriptor < 0 && isTimeOver) fail("the emulator has accepted no connection within 5 s: ", address.path);
    if (descriptor < 0) {
        char detail[160];
        snprintf(detail, sizeof detail, "%.48s: %s", strerror(errno), address.path);
        fail("no emulator listens on the socket: ", detail);
    }
    const int64_t user = peerUserID(descriptor);
    if (user > 0 && address.trusted >= 0 && user != address.trusted) {
        char detail[160];
        snprintf(detail, sizeof detail, "%lld; NINA_TRANSPORT=unix:PATH,uid=%lld accepts it", (long long)(user), (long long)(user));
        fail("the socket is not the user's own or root's, but of user ", detail);
    }
}

}

void linkOpen() {
    if (descriptor >= 0) return;
    const Address address;
    const uint64_t deadline = microseconds() + patience;
    connectTo(address, deadline);
    sendMessage(HELLO, greeting, sizeof greeting);
    // The first transaction has the number of boots, which a reset needs.
    while (!hasStarted) {
        const uint64_t now = microseconds();
        if (now >= deadline) fail("the emulator has not answered the HELLO within 5 s: ", address.path);
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
        hasMissed = !isQueued;
        if (hasMissed) misoCount = 0;
        misoNext = mosiCount = 0;
    } else if (resetLevel) {
        if (!isQueued) hasGuessed = true;
        isQueued = false;
        sendMessage(WINDOW, mosi, mosiCount);
    }
}

uint8_t linkTransfer(uint8_t byte) {
    if (!isSelected) {
        static bool isSaid;
        if (!isSaid)
            warn("bytes were clocked while the coprocessor's chip select was high, and read FF: it must be low for its bytes (right only "
                 "for another device on the bus)");
        isSaid = true;
        // Nobody drives MISO.
        return 0xFF;
    }
    // A window without bytes is no mistake: a select pin that becomes an output is low for a moment.
    if (hasMissed && mosiCount == 0) {
        static bool isSaid;
        if (!isSaid)
            warn("bytes were clocked although READY (SPIWIFI_ACK) was high when chip select fell, and read 00: wait until READY is low");
        isSaid = true;
    }
    if (mosiCount < longest) mosi[mosiCount++] = byte;
    return misoNext < misoCount ? miso[misoNext++] : 0;
}

void linkReset(bool level) {
    linkOpen();
    if (level == resetLevel) return;
    resetLevel = level;
    isQueued = irqLevel = isUp = hasGuessed = false;
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
