// The second tab: its functions and globals are those of the sketch too.
uint8_t listener;

void keep(uint8_t slot) { listener = slot; }

void loop() {
  if (!coprocessor.hasEvent()) return;
  uint8_t slot[2] = { 255, 0 };
  const uint8_t parameters[] = { 1, listener };
  coprocessor.send(0x2B, 1, parameters, sizeof parameters);
  coprocessor.receive(0x2B, slot, 2);
  if (slot[0] == 255) return;
  CoprocessorClient client(slot[0]);
  answer(client);
  if (++answered == 2) exit(0);
}

void answer(CoprocessorClient &client) {
  for (int newlines = 0; newlines < 2;) {
    int byte = client.read();
    if (byte == '\n') newlines++;
    else if (byte != '\r' && byte >= 0) newlines = 0;
  }
  client.print(page);
  client.stop();
}
