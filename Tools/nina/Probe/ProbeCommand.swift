import LinuxIO
import NINALink
import NINATransport
import NINAWire
import ToolSupport
import WiFiNINA

/// `nina probe`: tests the wires of a module step by step, and explains the first fault.
struct ProbeCommand {
    private let transport: Transport

    init(_ arguments: inout Arguments) throws {
        var chosen: Transport?
        while let argument = try arguments.next(ProbeOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .transport: chosen = try Transport(parsing: try arguments.value())
            }
        }
        transport = try chosen ?? .standard()
    }

    /// Prints the results.
    /// - Returns: false when a step has failed.
    func run() throws -> Bool {
        do throws(FailedStep) {
            switch transport {
            case .unix(let path, _):
                Self.say("unix:\(path) is a socket: there are no wires to probe, steps 1 to 9 are left out")
                try Self.probe(transport)
            case .spi(let wiring): try Self.probe(wiring)
            }
            return true
        } catch {
            Self.say("\(error.step) \(error.name): FAILED\n  seen: \(error.seen)")
            if !error.advice.isEmpty { Self.say("  do:   " + error.advice.joined(separator: "\n        ")) }
            return false
        }
    }

    private static func say(_ line: String) { StandardOutput.write(line + "\n") }

    private static func passed(_ step: Int, _ name: String, _ found: String = "ok") { say("\(step) \(name): \(found)") }

    // MARK: Wires

    private static func probe(_ wiring: SPIWiring) throws(FailedStep) {
        let words = ProbeWords(wiring: wiring)
        let bus: SPIDeviceBus
        do throws(SPIWiringError) {
            bus = try SPIDeviceBus(wiring)
        } catch {
            if error.part != .device { passed(1, words.device) }
            throw words.failure(error)
        }
        passed(1, words.device)
        passed(2, words.lines)
        for note in bus.notes { say("  note: \(note)") }
        let told = WireProbe.run(on: bus) { step in
            passed(step.rawValue, words.name(of: step))
            if step == .reply, wiring.reset == nil { passed(8, "RESET", "not wired, left out") }
            let isLast = step == (wiring.reset == nil ? .reply : .reset)
            if isLast, wiring.interrupt == nil { passed(9, "IRQ", "not wired, left out") }
        }
        // The probe's own result counts, even where the mode cannot be read any more.
        try? bus.restoreMode()
        if bus.modeChanges > 0 { say("  note: another program changed the SPI mode of \(wiring.device)") }
        if bus.lostEdges > 0 { say("  note: the kernel did not report \(bus.lostEdges) edges of READY") }
        switch told {
        case .failure(let finding): throw words.failure(finding)
        case .success(let found):
            try firmware(WiFi(link: found.link))
        }
    }

    // MARK: Firmware

    private static func probe(_ transport: Transport) throws(FailedStep) {
        let wifi: WiFi
        do throws(TransportError) {
            wifi = WiFi(link: try transport.open())
        } catch {
            throw FailedStep(step: 10, name: "firmware", seen: "\(error)")
        }
        try firmware(wifi)
    }

    private static func firmware(_ wifi: WiFi) throws(FailedStep) {
        defer { wifi.end() }
        do throws(WiFiError) {
            let firmware = try wifi.firmware()
            // Before 1.3 there was only one family of firmware.
            let isCommon = !firmware.isAtLeast(1, 3)
            passed(
                10, "firmware " + (isCommon ? "\(firmware.major).\(firmware.minor).\(firmware.patch)" : "\(firmware)"))
            let missing = ProbeWords.features.filter { feature in feature.opcodes.allSatisfy { firmware.lacks($0) } }
            if !missing.isEmpty { say("  it has no " + missing.map(\.name).joined(separator: ", no ")) }
        } catch {
            throw FailedStep(
                step: 10, name: "firmware", seen: "\(error)",
                advice: [
                    "the wires are correct: run the probe again; if it fails again, check the module's firmware"
                ])
        }
    }
}

/// A failed step.
struct FailedStep: Error {
    let step: Int
    let name: String
    /// What was observed.
    let seen: String
    /// How to fix it, most likely cause first.
    var advice: [String] = []
}
