import LinuxBoards
import LinuxIO
import NINALink
import NINATransport
import TestPeers
import WiFiNINA

/// Faults in the middle of a reply, and the library's recovery.
func faultsTest(_ wires: Wires) throws {
    try resetWithinAReply(wires)
    try powerCutWithinAReply(wires)
    try readyStuckAfterAReply(wires)
}

/// Records the recovery steps.
private final class Steps {
    var helped: [RecoveryStep] = []
    var failed: [RecoveryStep] = []

    init(_ wifi: WiFi, _ onFailure: @escaping () -> Void = {}) {
        wifi.recoveryObserver = { [unowned self] report in
            if report.failure == nil {
                helped.append(report.step)
            } else {
                failed.append(report.step)
                onFailure()
            }
        }
    }
}

/// Retries until a command succeeds.
/// - Returns: the errors until then.
private func failures(of wifi: WiFi, atMost limit: Int = 6) throws -> [WiFiError] {
    var errors: [WiFiError] = []
    while errors.count < limit {
        do throws(WiFiError) {
            _ = try wifi.status()
            return errors
        } catch {
            errors.append(error)
        }
    }
    throw Unexpected("the module does not come back: \(errors)")
}

/// Another program resets the module while its reply is clocked in: that reply is lost, and the next call finds the
/// module booted.
private func resetWithinAReply(_ wires: Wires) throws {
    let emulator = try AttachedEmulator()
    defer { emulator.kill() }
    var wiring = try wires.wiring
    wiring.reset = nil
    let bus = MeddledBus(try SPIDeviceBus(wiring))
    let reset = Line(try GPIOChip.find(Wires.chip).request(Wires.reset, .output(true)))
    let wifi = WiFi(link: try SPILink(bus: bus, until: bus.now.advanced(by: .seconds(5))))
    let steps = Steps(wifi)
    let rounds = 20
    for round in 0..<rounds {
        try wifi.begin("lab-net", passphrase: "correct-horse")
        bus.withinRead = {
            try reset.line.set(false)
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + UInt64(round) * 500_000)
            try reset.line.set(true)
        }
        let errors = try failures(of: wifi)
        expect(!errors.isEmpty, "a reply that was cut is taken for one")
        for error in errors {
            guard case .badReply = error else { return expect(false, "round \(round): \(error)") }
        }
        expect(try wifi.status() != .connected, "the module was not reset")
    }
    expect(steps.helped == Array(repeating: .resynchronize, count: rounds), "\(steps.helped)")
    expect(steps.failed == [], "\(steps.failed) did not help")
    expect(bus.wires.lostEdges == 0, "\(bus.wires.lostEdges) lost edges")
    tell("\(rounds) resets in the middle of a reply: each time one call failed and the next resynchronized")
}

/// A line shared with a closure.
private final class Line {
    let line: GPIOLine
    init(_ line: consuming GPIOLine) { self.line = line }
}

/// The module loses power within a reply; the next call after power-on succeeds.
private func powerCutWithinAReply(_ wires: Wires) throws {
    var emulator: AttachedEmulator? = try AttachedEmulator()
    let bus = MeddledBus(try SPIDeviceBus(try wires.wiring))
    let wifi = WiFi(link: try SPILink(bus: bus, until: bus.now.advanced(by: .seconds(5))))
    wifi.commandTimeout = .milliseconds(300)
    let steps = Steps(wifi) { if emulator == nil { emulator = try? AttachedEmulator() } }
    bus.withinRead = {
        emulator?.kill()
        emulator = nil
    }
    let errors = try failures(of: wifi)
    expect(steps.failed == [.resynchronize] && !steps.helped.isEmpty, "\(steps.failed), then \(steps.helped)")
    expect(try !wifi.firmwareVersion().isEmpty, "no version")
    emulator?.kill()
    tell("power cut in the middle of a reply: \(errors.count) calls failed, then \(steps.helped) helped")
}

/// The module hangs with READY high after a reply: only a hard reset helps.
private func readyStuckAfterAReply(_ wires: Wires) throws {
    let emulator = try AttachedEmulator()
    defer { emulator.kill() }
    let bus = MeddledBus(try SPIDeviceBus(try wires.wiring))
    let wifi = WiFi(link: try SPILink(bus: bus, until: bus.now.advanced(by: .seconds(5))))
    try wifi.begin("lab-net", passphrase: "correct-horse")
    wifi.commandTimeout = .milliseconds(300)
    var failed = 0
    let steps = Steps(wifi) {
        failed += 1
        if failed == 2 { try? Wires.write("faults", "none") }
    }
    bus.withinRead = { try Wires.write("faults", "ready-high") }
    expect(try wifi.status() == .connected, "the reply itself is whole")
    let errors = try failures(of: wifi)
    try Wires.write("faults", "none")
    expect(steps.helped == [.hardReset], "\(steps.failed), then \(steps.helped)")
    expect(errors.last == .link(LinkError(.restarted, .readyForCommand), .getConnStatus), "\(errors)")
    expect(try wifi.status() != .connected, "the module was not reset")
    tell("READY stuck: \(errors.count) calls failed, then \(steps.helped) helped")
}
