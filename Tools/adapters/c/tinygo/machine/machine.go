// Package machine takes the place of TinyGo's package of that name in a program on a PC: an SPI bus and four pins, which are
// those of an emulated module. A failure of the link ends the program with a sentence, as pins have no errors.
package machine

// #cgo CFLAGS: -std=c99 -I${SRCDIR}/../..
// #include "../../nina_link.c"
// #include "../../nina_link_messages.c"
// static struct nina_link nina;
// static struct nina_link *board(void) { return &nina; }
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// Pin is a line of the module.
type Pin uint8

// The lines, by the names that boards with a module use.
const (
	NINA_CS Pin = iota
	NINA_ACK
	NINA_GPIO0
	NINA_RESETN
	NoPin Pin = 0xff
)

// PinMode is the direction of a pin.
type PinMode uint8

const (
	PinInput PinMode = iota
	PinOutput
	PinInputPullup
)

// PinConfig is the argument of Pin.Configure.
type PinConfig struct{ Mode PinMode }

var open bool

// link returns the link, opened at its first use: NINA_TRANSPORT, NINA_SOCKET, or the emulator's default socket.
func link() *C.struct_nina_link {
	if !open {
		open = true
		must(C.nina_link_open(C.board(), nil, 5000))
	}
	return C.board()
}

func must(result C.enum_nina_link_result) {
	if result != C.NINA_LINK_OK {
		fmt.Fprintln(os.Stderr, "machine:", C.GoString(C.nina_link_error(C.board())))
		os.Exit(1)
	}
}

// Configure releases GPIO0 as an input, which the module then drives; the other directions are fixed.
func (p Pin) Configure(config PinConfig) {
	if p == NINA_GPIO0 && config.Mode != PinOutput {
		p.Set(true)
	}
}

// Set drives a line.
func (p Pin) Set(level bool) {
	switch p {
	case NINA_CS:
		must(C.nina_link_drive_cs(link(), C.bool(level)))
	case NINA_GPIO0:
		must(C.nina_link_drive_gpio0(link(), C.bool(level)))
	case NINA_RESETN:
		must(C.nina_link_drive_reset(link(), C.bool(level)))
	}
}

// High drives a line high.
func (p Pin) High() { p.Set(true) }

// Low drives a line low.
func (p Pin) Low() { p.Set(false) }

// Get returns the level of READY (ACK) or IRQ (GPIO0); it waits up to 1 ms for a change.
func (p Pin) Get() bool {
	var level C.bool
	switch p {
	case NINA_ACK:
		must(C.nina_link_ready(link(), &level))
	case NINA_GPIO0:
		must(C.nina_link_irq(link(), &level))
	}
	return bool(level)
}

// SPI is the bus of the module.
type SPI struct{}

// SPIConfig is the argument of SPI.Configure; the emulator has no clock, so that nothing of it matters.
type SPIConfig struct {
	Frequency     uint32
	SCK, SDO, SDI Pin
	LSBFirst      bool
	Mode          uint8
}

// NINA_SPI is the bus, as boards with a module call it.
var NINA_SPI = &SPI{}

// Configure does nothing.
func (s *SPI) Configure(config SPIConfig) error { return nil }

func failure(result C.enum_nina_link_result) error {
	if result == C.NINA_LINK_OK {
		return nil
	}
	return errors.New(C.GoString(C.nina_link_error(C.board())))
}

// Transfer clocks one byte out and returns the one read meanwhile.
func (s *SPI) Transfer(w byte) (byte, error) {
	var r C.uint8_t
	err := failure(C.nina_link_transfer_byte(link(), C.uint8_t(w), &r))
	return byte(r), err
}

// Tx clocks both buffers; either may be nil, otherwise they have one length.
func (s *SPI) Tx(w, r []byte) error {
	if w != nil && r != nil && len(w) != len(r) {
		return fmt.Errorf("Tx: expected buffers of one length, got %d and %d", len(w), len(r))
	}
	length := len(w) | len(r)
	if length == 0 {
		return nil
	}
	var tx, rx *C.uint8_t
	if len(w) > 0 {
		tx = (*C.uint8_t)(unsafe.Pointer(&w[0]))
	}
	if len(r) > 0 {
		rx = (*C.uint8_t)(unsafe.Pointer(&r[0]))
	}
	return failure(C.nina_link_transfer(link(), tx, rx, C.size_t(length)))
}
