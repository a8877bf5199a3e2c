// Uses the package machine as TinyGo's driver does: a reset by pins, bytes one by one and as a buffer.
package main

import (
	"fmt"
	"machine"
	"os"
	"time"
)

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func selected(work func()) {
	for deadline := time.Now().Add(20 * time.Second); machine.NINA_ACK.Get(); {
		if time.Now().After(deadline) {
			fail("expected ACK low, got high")
		}
	}
	machine.NINA_CS.Low()
	if !machine.NINA_ACK.Get() {
		fail("expected ACK high after chip select, got low")
	}
	work()
	machine.NINA_CS.High()
}

func main() {
	machine.NINA_SPI.Configure(machine.SPIConfig{Frequency: 8000000})
	machine.NINA_CS.Configure(machine.PinConfig{Mode: machine.PinOutput})
	machine.NINA_ACK.Configure(machine.PinConfig{Mode: machine.PinInput})
	machine.NINA_RESETN.Configure(machine.PinConfig{Mode: machine.PinOutput})
	machine.NINA_GPIO0.Configure(machine.PinConfig{Mode: machine.PinOutput})
	machine.NINA_GPIO0.High()
	machine.NINA_CS.High()
	machine.NINA_RESETN.Low()
	machine.NINA_RESETN.High()
	machine.NINA_GPIO0.Low()
	machine.NINA_GPIO0.Configure(machine.PinConfig{Mode: machine.PinInput})
	reply := make([]byte, 10)
	for round := 0; round < 100; round++ {
		selected(func() {
			for _, b := range []byte{0xE0, 0x37, 0x00, 0xEE} {
				if _, err := machine.NINA_SPI.Transfer(b); err != nil {
					fail("%v", err)
				}
			}
		})
		selected(func() {
			if err := machine.NINA_SPI.Tx(nil, reply); err != nil {
				fail("%v", err)
			}
		})
		if reply[0] != 0xE0 || reply[1] != 0xB7 || reply[2] != 1 {
			fail("expected E0 B7 01, got % X", reply)
		}
	}
	if machine.NINA_GPIO0.Get() {
		fail("expected IRQ low, got high")
	}
	if err := machine.NINA_SPI.Tx(reply, nil); err == nil {
		fail("expected an error of a transfer without chip select")
	}
	fmt.Printf("firmware %s\n", reply[4:9])
}
