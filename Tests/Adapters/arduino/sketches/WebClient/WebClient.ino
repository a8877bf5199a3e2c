// A request to a web server, whose port is a line on Serial.
#include <Coprocessor.h>

CoprocessorClient client;

void setup() {
  coprocessor.begin();
  if (!coprocessor.join("lab-net", "correct-horse")) finish("not joined", 1);
  if (!client.connect(IPAddress(127, 0, 0, 1), readPort())) finish("not connected", 1);
  client.print("GET /page HTTP/1.0\r\n\r\n");
}

void loop() {
  while (client.available()) {
    int byte = client.read();
    if (byte >= 0) Serial.write(byte);
  }
  if (!client.connected() && !client.available()) {
    client.stop();
    finish("end of the reply", 0);
  }
}

uint16_t readPort() {
  long port = 0;
  for (;;) {
    int digit = Serial.read();
    if (digit >= '0' && digit <= '9') port = 10 * port + digit - '0';
    if (digit == '\n') return port;
  }
}

void finish(const char *text, int status) {
  Serial.println();
  Serial.println(text);
  exit(status);
}
