import Glibc
import LinuxIO
import LinuxProcesses
import NINALink
import NINATransport
import TestPeers
import WiFiNINA

/// The module under test: coprocessor 0 of the kernel module.
struct Wires {
    /// Its spidev node.
    let device: String
    static let chip = "nina-gpio.0"
    static let (chipSelect, ready, reset, interrupt): (UInt32, UInt32, UInt32, UInt32) = (0, 1, 2, 3)
    private static let folder = "/sys/devices/platform/nina.0/"

    /// All its lines.
    var transport: Transport {
        get throws {
            let chip = Self.chip
            return try Transport(
                parsing:
                    "spi:\(device),cs=\(chip):\(Self.chipSelect),ready=\(chip):\(Self.ready),reset=\(chip):\(Self.reset),irq=\(chip):\(Self.interrupt)"
            )
        }
    }

    var wiring: SPIWiring {
        get throws {
            guard case .spi(let wiring) = try transport else { throw Unexpected("another transport") }
            return wiring
        }
    }

    /// Writes an attribute of the coprocessor in sysfs.
    static func write(_ name: String, _ text: String) throws {
        let number = open(folder + name, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw LinuxError.current("open", folder + name) }
        let file = FileDescriptor(adopting: number)
        let bytes = Array(text.utf8)
        guard Glibc.write(file.rawValue, bytes, bytes.count) == bytes.count else {
            throw LinuxError.current("write", folder + name)
        }
    }

    /// Reads a counter of the coprocessor in sysfs.
    static func counter(_ name: String) throws -> Int {
        let number = open(folder + name, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw LinuxError.current("open", folder + name) }
        let line = try LineReader(FileDescriptor(adopting: number)).nextLine(deadline: nil)
        guard case .line(let text) = line, let value = Int(text) else { throw Unexpected("\(name): \(line)") }
        return value
    }
}

/// The emulator behind the wires; ends when the object is released.
final class AttachedEmulator {
    private let child: ChildProcess
    private let output: LineReader

    init(_ options: [String] = []) throws {
        child = try ChildProcess(
            "/bin/nina-emulator", ["--log-level", "warning", "--attach", "/dev/nina0"] + options, output: .pipe)
        guard let pipe = child.takeOutput() else { throw Unexpected("the emulator has no output") }
        output = LineReader(pipe)
        let line = try output.nextLine(deadline: MonotonicClock.nanoseconds() + 20_000_000_000)
        guard line == .line("nina-emulator ready /dev/nina0") else { throw Unexpected("the emulator says \(line)") }
    }

    deinit { kill() }

    /// Cuts the power.
    func kill() {
        try? child.terminate(Signals.kill)
        _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
    }
}

/// A host and the emulator.
final class Session {
    let emulator: AttachedEmulator
    let bus: SPIDeviceBus
    let link: SPIDeviceLink
    let wifi: WiFi

    init(_ wires: Wires, _ options: [String] = [], joins: Bool = true) throws {
        emulator = try AttachedEmulator(options)
        bus = try SPIDeviceBus(try wires.wiring)
        link = try SPIDeviceLink(bus: bus, until: bus.now.advanced(by: .seconds(5)))
        wifi = WiFi(link: link)
        if joins { try wifi.begin("lab-net", passphrase: "correct-horse") }
    }

    /// The required state of the wires at the end of each test.
    func expectGoodWires() throws {
        expect(bus.lostEdges == 0, "\(bus.lostEdges) edges of READY were lost")
        expect(try Wires.counter("windows_lost") == 0, "windows began while READY was high")
    }
}
