import LinuxIO
import NINALink
import NINATransport
import NINAWire

/// The probe's results as text, for users with a module, wires and a Raspberry Pi.
struct ProbeWords {
    let wiring: SPIWiring

    var device: String { "SPI device \(wiring.device)" }

    var lines: String {
        var text = "lines cs=\(wiring.chipSelect) ready=\(wiring.ready)"
        if let reset = wiring.reset { text += " reset=\(reset)" }
        if let interrupt = wiring.interrupt { text += " irq=\(interrupt)" }
        return text
    }

    func name(of step: WireProbe.Step) -> String {
        switch step {
        case .readyLow: "READY is low when the module has booted"
        case .readyHigh: "READY rises when the module is selected"
        case .command: "READY falls after a command"
        case .input: "MISO carries bits"
        case .reply: "the replies at \(Self.clock(wiring.hertz)) are right"
        case .reset: "RESET resets"
        case .interrupt: "IRQ is connected"
        }
    }

    private static func clock(_ hertz: UInt32) -> String {
        switch hertz {
        case _ where hertz % 1_000_000 == 0: "\(hertz / 1_000_000) MHz"
        case _ where hertz % 1000 == 0: "\(hertz / 1000) kHz"
        default: "\(hertz) Hz"
        }
    }

    func failure(_ error: SPIWiringError) -> FailedStep {
        let line: (key: String, line: SPIWiring.Line?)
        switch error.part {
        case .device: line = ("", nil)
        case .chipSelect: line = ("cs", wiring.chipSelect)
        case .ready: line = ("ready", wiring.ready)
        case .reset: line = ("reset", wiring.reset)
        case .interrupt: line = ("irq", wiring.interrupt)
        }
        return FailedStep(
            step: error.part == .device ? 1 : 2, name: line.line.map { "line \(line.key)=\($0)" } ?? device,
            seen: "\(error.error)", advice: error.advice.isEmpty ? [] : [error.advice])
    }

    func failure(_ finding: WireProbe.Finding) -> FailedStep {
        let (seen, advice) = words(for: finding.fault)
        return FailedStep(step: finding.step.rawValue, name: name(of: finding.step), seen: seen, advice: advice)
    }

    // MARK: The wires' names

    private var chipSelect: String { "chip select (\(wiring.chipSelect))" }
    private var ready: String { "READY (\(wiring.ready))" }
    private var reset: String { wiring.reset.map { "RESET (\($0))" } ?? "RESET" }
    private var interrupt: String { wiring.interrupt.map { "IRQ (\($0))" } ?? "IRQ" }
    /// The data wires of the Pi's first SPI bus, which is on its header.
    private func pin(_ name: String, _ line: Int, _ header: Int) -> String {
        wiring.device.hasPrefix("/dev/spidev0.")
            ? "\(name) (BCM \(line), header pin \(header) on a Raspberry Pi)" : name
    }
    private var miso: String { pin("MISO", 9, 21) }
    private var mosi: String { pin("MOSI", 10, 19) }
    private var clock: String { pin("SCK", 11, 23) }

    private static let power = "power: VIN and GND of the module, whose GND is joined to that of this machine"

    // MARK: The faults

    private func words(for fault: WireProbe.Fault) -> (seen: String, advice: [String]) {
        switch fault {
        case .readyOpen, .readyNeverLow, .readyNeverHigh, .commandNeverEnds: aboutReady(fault)
        case .resetDoesNothing:
            (
                "READY stays low while \(reset) is low, and after it: the module keeps running",
                ["connect RESET of the module (AirLift: !RST, Arduino: RESETN) to \(reset), or set reset= to its line"]
            )
        case .interruptOpen:
            (
                "\(interrupt) follows the resistors of this machine: nothing drives it",
                [
                    "connect GPIO0 of the module (Arduino: NINA_GPIO0) to \(interrupt), or set irq= to its line",
                    "or leave irq= out: the module is then polled every few milliseconds",
                ]
            )
        case .interruptHigh:
            (
                "\(interrupt) is high although the module was just reset",
                ["IRQ is GPIO0 of the module: check where \(interrupt) leads, nothing else may be wired to it"]
            )
        case .link(let error):
            (
                "\(error.kind == .system ? "\(Errno(rawValue: error.code)), \(error)" : "\(error)")",
                ["dmesg may have details"]
            )
        case .inputStuck, .commandLost, .late, .tooFast, .unsteady, .garbled: aboutData(fault)
        }
    }

    private func aboutReady(_ fault: WireProbe.Fault) -> (seen: String, advice: [String]) {
        let wire = "the wire from READY of the module (AirLift: BUSY, Arduino: NINA_ACK) to \(ready)"
        switch fault {
        case .readyOpen:
            return (
                "\(ready) follows the resistors of this machine: nothing drives it",
                ["check \(wire), and ready=", Self.power]
            )
        case .readyNeverLow:
            return (
                wiring.reset == nil ? "READY stays high" : "READY stays high after a reset",
                [
                    Self.power,
                    "RESET must be high except during a reset: check its wire\(wiring.reset.map { " to \($0)" } ?? ""), and reset=",
                    "\(wire), and ready=",
                    "GPIO0 of the module must not be held low at a reset: its boot loader would wait for a program",
                ]
            )
        case .readyNeverHigh:
            return (
                "READY stays low although \(chipSelect) is low",
                [
                    "check the wire from CS of the module to \(chipSelect), and cs=: any free line, not CE0 or CE1",
                    "\(wire), and ready=",
                    Self.power + "; READY of an unpowered module can read low",
                ]
            )
        default:
            return (
                "READY stays high after a command",
                ["check \(clock) and \(mosi)", Self.power + ": a module with a weak supply hangs"]
            )
        }
    }

    private func aboutData(_ fault: WireProbe.Fault) -> (seen: String, advice: [String]) {
        let slower = "set hz=1000000, or less; make the wires shorter, about 10 cm; GND beside SCK helps"
        switch fault {
        case .inputStuck(let high):
            return (
                "every bit of MISO is \(high ? "1: FF FF FF ..." : "0: 00 00 00 ...")",
                [
                    "check the wire of \(miso): open, or swapped with MOSI",
                    "check the wire of \(clock)",
                    "another device on the bus may hold MISO: its chip select must be high; otherwise disconnect it",
                ]
            )
        case .commandLost:
            return (
                "the module answers, but with its error frame (EF 00 EE): it receives no complete command",
                ["check the wire of \(mosi)"]
            )
        case .late:
            return (
                "every bit arrives one position late, at \(Self.clock(wiring.hertz)) and slower: another SPI mode, or bad edges of SCK",
                [
                    "the module needs SPI mode 0: no overlay and no other program may set another one",
                    "check the wire of \(clock): short, and away from a level shifter that is too slow",
                ]
            )
        case .tooFast(let hertz, let slow):
            return ("replies are wrong at \(Self.clock(hertz)) and right at \(Self.clock(slow)): too fast", [slower])
        case .unsteady(let wrong, let count):
            return (
                "\(wrong) of \(count) replies are wrong, at a slower clock too",
                ["a loose wire: MISO, SCK, GND", slower, Self.power]
            )
        case .garbled(let bytes):
            let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            return (
                "the bytes received are not a reply: \(text.joined(separator: " ")) ...",
                [
                    "check the wires of \(miso) and \(clock)",
                    "another device on the bus may drive MISO as well: its chip select must be high; otherwise disconnect it",
                    slower,
                ]
            )
        default: return ("\(fault)", [])
        }
    }

    // MARK: Firmware

    /// The features that a module has if it has one of the commands.
    static let features: [(name: String, opcodes: [Opcode])] = [
        ("enterprise networks", [.setEnt, .setEntEnable]),
        ("reasons of a failed join", [.getReasonCode]),
        ("reading of pins", [.getDigitalRead]),
        ("files", [.readFile]),
        ("BSD sockets", [.bsdSocket]),
        ("client certificates", [.setCliCert, .brSetEcTa]),
        ("preferences", [.prefBegin]),
        ("Bluetooth by HCI", [.bleBegin]),
        ("setting of the clock", [.setTime]),
    ]
}
