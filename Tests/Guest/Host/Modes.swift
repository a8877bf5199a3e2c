import CLinux
import Glibc
import LinuxIO
import LinuxProcesses
import NINALink
import NINATransport
import TestPeers
import WiFiNINA

/// The device's SPI mode when another program changes it: the mode belongs to the device, not to the open file.
private final class OtherProgram {
    private let file: FileDescriptor

    init(_ wires: Wires) throws {
        let number = clinux_device_open(wires.device)
        guard number >= 0 else { throw LinuxError.current("open", wires.device) }
        file = FileDescriptor(adopting: number)
    }

    func set(_ mode: UInt32) throws {
        guard clinux_spi_set_mode(file.rawValue, mode) >= 0 else { throw LinuxError.current("ioctl") }
    }
}

/// Another program changes the mode between commands, between windows, and at random times: the library restores it.
func modesTest(_ wires: Wires) throws {
    let emulator = try AttachedEmulator()
    defer { emulator.kill() }
    let bus = MeddledBus(try SPIDeviceBus(try wires.wiring))
    let wifi = WiFi(link: try SPILink(bus: bus, until: bus.now.advanced(by: .seconds(5))))
    try wifi.begin("lab-net", passphrase: "correct-horse")
    let other = try OtherProgram(wires)
    let rounds = 100
    for round in 0..<rounds {
        let mode = UInt32(round % 3 + 1)
        try other.set(mode)
        bus.beforeRead = { try other.set(mode) }
        expect(try wifi.status() == .connected, "unexpected status")
    }
    expect(bus.wires.modeChanges == 2 * rounds, "\(bus.wires.modeChanges) changes of the mode were seen")
    expect(wifi.recoveries.resynchronized == 0, "a command was garbled")
    tell("the SPI mode changed \(2 * rounds) times in front of windows: restored each time, no command lost")

    let before = bus.wires.modeChanges
    let meddler = try ChildProcess("/bin/nina-guest", ["spi_meddler", wires.device])
    var (answered, failed) = (0, 0)
    while try meddler.wait(timeoutNanoseconds: 0) == nil {
        do throws(WiFiError) {
            let status = try wifi.status()
            // A garbled reply may look valid; a status that no module reports does not.
            expect(status == .connected, "another status: \(status)")
            answered += 1
        } catch {
            failed += 1
        }
    }
    for _ in 0..<100 { expect(try wifi.status() == .connected, "unexpected status") }
    expect(answered > failed, "\(answered) commands were answered, \(failed) failed")
    expect(bus.wires.modeChanges > before, "the mode was never changed")
    tell(
        "the SPI mode changed by another process at any time: \(bus.wires.modeChanges - before) changes found, \(answered) commands answered, \(failed) failed and recovered"
    )
}

/// The other process: changes the mode at random times.
func meddler(_ wires: Wires) throws {
    let other = try OtherProgram(wires)
    for round in 0..<300 {
        try other.set(UInt32(round % 3 + 1))
        MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + UInt64.random(in: 200_000...3_000_000))
    }
}
