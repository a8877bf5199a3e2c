// A web server that answers two requests.
#include <Coprocessor.h>

#include "page.h"

int answered = 0;

void setup() {
  coprocessor.begin();
  if (!coprocessor.join("lab-net", "correct-horse")) exit(1);
  uint8_t slot = coprocessor.freeSocket();
  const uint8_t parameters[] = { 2, 8080 >> 8, 8080 & 255, 1, slot, 1, 0 };
  uint8_t reply = 0;
  coprocessor.send(0x28, 3, parameters, sizeof parameters);
  coprocessor.receive(0x28, &reply, 1);
  Serial.print(reply == 1 ? "listening on " : "not listening on ");
  Serial.println(getenv("NINA_ADDRESS"));
  keep(slot);
}
