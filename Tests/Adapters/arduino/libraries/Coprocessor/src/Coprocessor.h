// Commands of the protocol, through SPI.h and pins only.
#pragma once
#include <Arduino.h>
#include <Client.h>

class Coprocessor {
  public:
    // Resets it. Returns false if it does not become ready.
    bool begin();
    // Sends a command. Each parameter has its length in front, in one byte or, with `wide`, in two.
    bool send(uint8_t opcode, uint8_t count, const uint8_t *parameters, size_t size);
    // Receives the reply: the first parameter's bytes in `reply`. Returns their number, or -1 without a reply of that command.
    int receive(uint8_t opcode, uint8_t *reply, size_t size, bool wide = false);
    // A command whose parameters and reply have one byte each.
    int command(uint8_t opcode, const uint8_t *bytes = nullptr, uint8_t count = 0);
    bool join(const char *network, const char *passphrase);
    bool hasEvent();
    uint8_t freeSocket();

  private:
    bool waitReady(bool isReady);
    bool select();
    void deselect();
};
extern Coprocessor coprocessor;

class CoprocessorClient : public Client {
  public:
    explicit CoprocessorClient(uint8_t slot = 255) : slot(slot) {}
    int connect(IPAddress address, uint16_t port) override;
    uint8_t connected() override;
    void stop() override;
    int available() override;
    int read() override;
    int peek() override { return -1; }
    size_t write(uint8_t byte) override { return write(&byte, 1); }
    size_t write(const uint8_t *bytes, size_t count) override;

  private:
    uint8_t slot;
};
