// Asks a module for its firmware's version and its hardware address, through SPI.h and pins only. Protocol/frame.md describes the frames.
#include <SPI.h>

// READY is low while the module waits for a window, and high while it works.
void waitReady(int level) {
  const unsigned long start = millis();
  while (digitalRead(SPIWIFI_ACK) != level) {
    if (millis() - start > 5000) {
      Serial.println("the module does not answer");
      exit(1);
    }
  }
}

void beginWindow() {
  waitReady(LOW);
  SPI.beginTransaction(SPISettings(8000000, MSBFIRST, SPI_MODE0));
  digitalWrite(SPIWIFI_SS, LOW);
}

void endWindow() {
  digitalWrite(SPIWIFI_SS, HIGH);
  SPI.endTransaction();
}

// Sends a command and takes its reply, in two windows. Returns the length of the reply's first parameter.
int ask(byte command, const byte *parameters, int count, byte *reply, int size) {
  beginWindow();
  SPI.transfer(0xE0);
  SPI.transfer(command);
  SPI.transfer(count > 0 ? 1 : 0);
  if (count > 0) SPI.transfer(count);
  for (int i = 0; i < count; i++) SPI.transfer(parameters[i]);
  SPI.transfer(0xEE);
  // Frames are padded to words of four bytes.
  for (int length = 4 + count + (count > 0 ? 1 : 0); length % 4 != 0; length++) SPI.transfer(0xFF);
  endWindow();

  beginWindow();
  int length = 0;
  if (SPI.transfer(0xFF) == 0xE0 && SPI.transfer(0xFF) == (command | 0x80) && SPI.transfer(0xFF) > 0) {
    length = SPI.transfer(0xFF);
    for (int i = 0; i < length; i++) {
      const byte value = SPI.transfer(0xFF);
      if (i < size) reply[i] = value;
    }
    SPI.transfer(0xFF);  // the frame's end
  }
  endWindow();
  return length < size ? length : size;
}

void setup() {
  Serial.begin(9600);
  SPI.begin();
  digitalWrite(SPIWIFI_SS, HIGH);
  pinMode(SPIWIFI_SS, OUTPUT);
  pinMode(SPIWIFI_ACK, INPUT);
  // GPIO0 high at a reset starts the firmware; low would start the ESP32's loader.
  digitalWrite(NINA_GPIO0, HIGH);
  pinMode(NINA_GPIO0, OUTPUT);
  pinMode(SPIWIFI_RESET, OUTPUT);
  digitalWrite(SPIWIFI_RESET, LOW);
  delay(10);
  digitalWrite(SPIWIFI_RESET, HIGH);
  delay(750);

  char version[16] = "";
  ask(0x37, NULL, 0, (byte *)version, sizeof version - 1);
  Serial.print("firmware ");
  Serial.println(version);

  byte address[6] = {0, 0, 0, 0, 0, 0};
  const byte unused[] = {0xFF};
  ask(0x22, unused, 1, address, 6);
  Serial.print("address ");
  // The last byte comes first.
  for (int i = 5; i >= 0; i--) {
    const char digits[] = "0123456789ABCDEF";
    Serial.print(digits[address[i] >> 4]);
    Serial.print(digits[address[i] & 15]);
    if (i > 0) Serial.print(':');
  }
  Serial.println("");
  exit(0);
}

void loop() {}
