#include "Coprocessor.h"
#include <SPI.h>

Coprocessor coprocessor;

bool Coprocessor::waitReady(bool isReady) {
    const unsigned long start = millis();
    while ((digitalRead(SPIWIFI_ACK) == LOW) != isReady)
        if (millis() - start > 10000) return false;
    return true;
}

bool Coprocessor::begin() {
    SPI.begin();
    pinMode(SPIWIFI_SS, OUTPUT);
    pinMode(SPIWIFI_ACK, INPUT);
    pinMode(SPIWIFI_RESET, OUTPUT);
    pinMode(NINA_GPIO0, OUTPUT);
    digitalWrite(NINA_GPIO0, HIGH);
    digitalWrite(SPIWIFI_SS, HIGH);
    digitalWrite(SPIWIFI_RESET, LOW);
    delay(10);
    digitalWrite(SPIWIFI_RESET, HIGH);
    delay(750);
    // Some drivers drive it low once more before they listen to it.
    digitalWrite(NINA_GPIO0, LOW);
    pinMode(NINA_GPIO0, INPUT);
    return waitReady(true);
}

bool Coprocessor::select() {
    if (!waitReady(true)) return false;
    SPI.beginTransaction(SPISettings(8000000, MSBFIRST, SPI_MODE0));
    digitalWrite(SPIWIFI_SS, LOW);
    return waitReady(false);
}

void Coprocessor::deselect() {
    digitalWrite(SPIWIFI_SS, HIGH);
    SPI.endTransaction();
}

bool Coprocessor::send(uint8_t opcode, uint8_t count, const uint8_t *parameters, size_t size) {
    if (!select()) return false;
    SPI.transfer(0xE0);
    SPI.transfer(opcode);
    SPI.transfer(count);
    for (size_t i = 0; i < size; i++) SPI.transfer(parameters[i]);
    SPI.transfer(0xEE);
    for (size_t total = 4 + size; total % 4; total++) SPI.transfer(0xFF);
    deselect();
    return true;
}

int Coprocessor::receive(uint8_t opcode, uint8_t *reply, size_t size, bool wide) {
    if (!select()) return -1;
    int count = -1;
    int start = 0;
    for (int i = 0; i < 100 && start != 0xE0 && start != 0xEF; i++) start = SPI.transfer(0xFF);
    if (start == 0xE0 && SPI.transfer(0xFF) == (opcode | 0x80) && SPI.transfer(0xFF) > 0) {
        count = SPI.transfer(0xFF);
        if (wide) count = count << 8 | SPI.transfer(0xFF);
        for (int i = 0; i < count; i++) {
            const uint8_t byte = SPI.transfer(0xFF);
            if (size_t(i) < size) reply[i] = byte;
        }
    }
    deselect();
    return count;
}

int Coprocessor::command(uint8_t opcode, const uint8_t *bytes, uint8_t count) {
    uint8_t parameters[16];
    for (uint8_t i = 0; i < count; i++) {
        parameters[2 * i] = 1;
        parameters[2 * i + 1] = bytes[i];
    }
    uint8_t reply = 0;
    if (!send(opcode, count, parameters, size_t(2 * count))) return -1;
    return receive(opcode, &reply, 1) < 0 ? -1 : reply;
}

bool Coprocessor::join(const char *network, const char *passphrase) {
    uint8_t parameters[128];
    size_t size = 0;
    const char *const texts[] = {network, passphrase};
    for (const char *text : texts) {
        parameters[size++] = uint8_t(strlen(text));
        memcpy(parameters + size, text, strlen(text));
        size += strlen(text);
    }
    uint8_t reply = 0;
    send(0x11, 2, parameters, size);
    receive(0x11, &reply, 1);
    for (int i = 0; i < 100; i++) {
        if (command(0x20) == 3) return true;
        delay(100);
    }
    return false;
}

bool Coprocessor::hasEvent() { return digitalRead(NINA_GPIO0) == HIGH; }

uint8_t Coprocessor::freeSocket() { return uint8_t(command(0x3F)); }

int CoprocessorClient::connect(IPAddress address, uint16_t port) {
    slot = coprocessor.freeSocket();
    const uint8_t parameters[] = {4, address[0], address[1], address[2], address[3], 2, uint8_t(port >> 8), uint8_t(port), 1, slot, 1, 0};
    uint8_t reply = 0;
    coprocessor.send(0x2D, 4, parameters, sizeof parameters);
    if (coprocessor.receive(0x2D, &reply, 1) != 1 || reply != 1) return 0;
    for (int i = 0; i < 50 && !connected(); i++) delay(20);
    return connected();
}

uint8_t CoprocessorClient::connected() { return coprocessor.command(0x2F, &slot, 1) == 4; }

void CoprocessorClient::stop() { coprocessor.command(0x2E, &slot, 1); }

int CoprocessorClient::available() {
    uint8_t reply[2] = {0, 0};
    const uint8_t parameters[] = {1, slot};
    coprocessor.send(0x2B, 1, parameters, sizeof parameters);
    coprocessor.receive(0x2B, reply, 2);
    return reply[0] | reply[1] << 8;
}

int CoprocessorClient::read() {
    uint8_t byte;
    const uint8_t parameters[] = {0, 1, slot, 0, 2, 1, 0};
    coprocessor.send(0x45, 2, parameters, sizeof parameters);
    return coprocessor.receive(0x45, &byte, 1, true) == 1 ? byte : -1;
}

size_t CoprocessorClient::write(const uint8_t *bytes, size_t count) {
    uint8_t parameters[512] = {0, 1, slot, uint8_t(count >> 8), uint8_t(count)};
    if (count > sizeof parameters - 5) return 0;
    memcpy(parameters + 5, bytes, count);
    uint8_t reply[2] = {0, 0};
    coprocessor.send(0x44, 2, parameters, 5 + count);
    coprocessor.receive(0x44, reply, 2);
    return size_t(reply[0] | reply[1] << 8);
}
