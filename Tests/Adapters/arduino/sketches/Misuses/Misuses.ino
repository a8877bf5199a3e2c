// What stock sketches do, and a PC does not expect.
#include <Coprocessor.h>
#include <Greeting.h>

// These names are system calls.
int socket = 7;
int connect = 8;
int read[2] = { 1, 2 };
byte send, write, close, poll;

struct Reading {
  int value;
};

/* void commentedOut(int); is no function: { */
const char *text = "void inText() { }";

#define TWICE(x) \
  ((x) + (x))

void setup() {
  coprocessor.begin();
  Serial.println(greeting());
  Serial.println(sizeof(long) == 4 ? "long has 32 bits" : "long has 64 bits");
  Reading reading = { 20 };
  Serial.println(doubled(reading.value) + TWICE(1));
  forgetful(1);
  Serial.println(largest(3, 4));
  Serial.println(standard(5));
  char number[16];
  Serial.println(itoa(-42, number, 10));
  Serial.println(dtostrf(2.5, 6, 2, number));
  PinStatus level = digitalRead(3);
  Serial.println(level == HIGH ? "undriven is high" : "undriven is low");
  digitalWrite(4, LOW);
  pinMode(4, OUTPUT);
  Serial.println(digitalRead(4) == LOW ? "the latch is driven" : "the latch is lost");
}

void loop() {
  delay(3600000);
  Serial.println("an hour has passed");
  exit(0);
}

int doubled(int value)
{
  return 2 * value;
}

int forgetful(int value) {
  if (value == 0) return 1;
}

template <class Value> Value largest(Value a, Value b) {
  return a > b ? a : b;
}

int standard(int value = 5) {
  return value;
}
