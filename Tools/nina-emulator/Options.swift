import LinuxIO
import NINAControl
import NINAControlLinux
import NINACoprocessor
import NINACoprocessorLinux
import NINATransport
import NINAWire
import ToolSupport

/// The action requested on the command line.
enum Request {
    /// With the default socket its folder still has to be made.
    case run(EmulatorOptions, ControlOptions, usesStandardSocket: Bool, keepsAddress: Bool)
    case help
    case listFirmware
    case capabilities
    case version
}

/// Parses the command line of nina-emulator.
struct OptionParser {
    private var options = EmulatorOptions(socketPath: nil)
    private var trace = TraceParser()
    private var control = ControlOptions(program: "nina-emulator \(toolVersion)")
    private var networks: [RadioNetwork] = []
    private var namesSocket = false
    private var keepsAddress = false
    private var hasRealTiming = false
    private var spiClock: Int?
    private var wifiDelay: Duration?
    private var arguments: Arguments

    init(_ arguments: some Sequence<String>) { self.arguments = Arguments(arguments) }

    mutating func parse() throws -> Request {
        while let argument = try arguments.next(EmulatorOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .help: return .help
            case .version: return .version
            case .listFirmware: return .listFirmware
            case .printCapabilities: return .capabilities
            case .once: options.endsAfterFirstHost = true
            case .timeout: options.timeLimit = .seconds(try arguments.number(1...86_400))
            case .keepAddress: keepsAddress = true
            case .socketsWithoutJoin: options.coprocessor.allowsSocketsWithoutJoin = true
            case .socket:
                options.socketPath = try path()
                namesSocket = true
            case .socketMode: options.socketMode = try mode()
            case .endWith: options.companion = Int32(try arguments.number(1...Int(Int32.max)))
            case .attach: options.devicePaths.append(try path())
            case .storage: options.storagePath = try path()
            case .firmware: options.coprocessor.firmware = try firmware()
            case .address: options.address = try address(orAny: true)
            case .reportAddress: options.reportedAddress = try address()
            case .portOffset: options.ports.offset = try arguments.number(-65535...65535)
            case .portMap: try portMap()
            case .network: try network()
            case .host: try host()
            case .caFile: options.authorities = try path()
            case .tlsLibrary: options.tlsLibrary = try path()
            case .maxSockets: options.coprocessor.slots = try arguments.number(1...Firmware.slotLimit)
            case .backlog: options.coprocessor.backlog = try arguments.number(0...4096)
            case .sendBuffer: options.coprocessor.sendBuffer = try arguments.number(1...1 << 30)
            case .overflow: options.coprocessor.overflow = try overflow()
            case .wifiDelay: wifiDelay = .milliseconds(try arguments.number(0...600_000))
            case .timing: hasRealTiming = try timing()
            case .spiHz: spiClock = try arguments.number(100_000...80_000_000)
            case .time: options.coprocessor.wallClock = try wallClock()
            case .hci: options.bluetooth = try bluetooth()
            case .logLevel: options.logLevel = try logLevel()
            case .logFormat: options.logFormat = try logFormat()
            case .trace: try trace.setPath(&arguments)
            case .traceSize: trace.size = try arguments.number(1...1 << 20)
            case .traceSecrets: trace.showsSecrets = true
            case .control: control.path = try controlPath()
            case .metrics: control.metrics = try metricsPlace()
            }
        }
        if !networks.isEmpty { options.coprocessor.networks = networks }
        options.trace = try trace.options()
        control.mode = options.socketMode
        try setTimes()
        try checkReportedAddress()
        if !options.devicePaths.isEmpty, !namesSocket {
            guard !options.endsAfterFirstHost else {
                throw UsageError("--once: a device's host never disconnects; with --attach it needs --socket")
            }
        }
        guard options.timeLimit == nil || options.endsAfterFirstHost else { throw UsageError("--timeout needs --once") }
        return .run(
            options, control, usesStandardSocket: !namesSocket && options.devicePaths.isEmpty,
            keepsAddress: keepsAddress)
    }

    private mutating func timing() throws -> Bool {
        switch try arguments.value() {
        case "instant": false
        case "real": true
        case let text: throw arguments.error(expected: "instant or real", got: text)
        }
    }

    private mutating func setTimes() throws {
        if hasRealTiming {
            var board = BoardTiming.nano33IoT
            if let spiClock { board.link.clock = spiClock }
            options.coprocessor.use(board)
        } else if spiClock != nil {
            throw UsageError("--spi-hz needs --timing real")
        }
        guard let wifiDelay else { return }
        options.coprocessor.wifiDelay = wifiDelay
        options.coprocessor.scanDelay = nil
    }

    private mutating func path() throws -> String {
        let text = try arguments.value()
        guard !text.isEmpty else { throw arguments.error(expected: "a path", got: text) }
        return text
    }

    private mutating func mode() throws -> UInt32 {
        let text = try arguments.value()
        guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), (0o600...0o777).contains(mode)
        else {
            throw arguments.error(expected: "an octal mode from 0600 to 0777", got: text)
        }
        return mode
    }

    private mutating func firmware() throws -> Firmware {
        let text = try arguments.value()
        guard let firmware = Firmware.all.first(where: { "\($0.name)" == text }) else {
            let names = Firmware.all.map { "\($0.name)" }.joined(separator: ", ")
            throw arguments.error(expected: "one of \(names)", got: text)
        }
        return firmware
    }

    /// An address that one machine can have.
    private mutating func address(orAny allowsAny: Bool = false) throws -> IPv4Address {
        let text = try arguments.value()
        guard let address = IPv4Address(dottedDecimal: text.utf8) else {
            throw arguments.error(expected: "an IPv4 address", got: text)
        }
        guard address.isOfOneMachine || (allowsAny && address == .any) else {
            throw arguments.error(expected: "the address of a machine, not a group or a broadcast", got: text)
        }
        return address
    }

    private func checkReportedAddress() throws {
        guard options.address != nil else {
            guard options.reportedAddress == nil else { throw UsageError("--report-address needs --address") }
            return
        }
        guard
            options.address != .any || options.reportedAddress != nil
                || options.coprocessor.networks.allSatisfy({ $0.address != nil })
        else {
            throw UsageError(
                "--address 0.0.0.0 listens on all addresses of this machine, but is none that a coprocessor could "
                    + "report: add --report-address ADDR, or give each --network its ip=")
        }
    }

    private mutating func portMap() throws {
        let text = try arguments.value()
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map { UInt16($0) }
        // Sockets call any free port 0: it cannot be mapped, and a host is not told of a port that it did not ask for.
        guard parts.count == 2, let device = parts[0], let host = parts[1], device != 0, host != 0 else {
            throw arguments.error(expected: "DEVICE=HOST, two ports from 1 to 65535", got: text)
        }
        let taken = options.ports.map.first { $0.key == device ? $0.value != host : $0.value == host }
        if let taken {
            throw UsageError(
                "--port-map \(device)=\(host) contradicts --port-map \(taken.key)=\(taken.value)")
        }
        options.ports.map[device] = host
    }

    private mutating func host() throws {
        let text = try arguments.value()
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let address = IPv4Address(dottedDecimal: parts[1].utf8) else {
            throw arguments.error(expected: "NAME=ADDRESS", got: text)
        }
        // A broadcast of a network of this machine is told by its mask alone.
        let networks = (try? NetworkInterfaces.ipv4Networks()) ?? []
        guard address.isOfOneMachine, !networks.contains(where: { $0.reserves(address.rawValue) }) else {
            throw arguments.error(
                expected: "NAME=ADDRESS, the address of a machine, not a group or a broadcast", got: text)
        }
        options.hosts[parts[0].lowercased()] = address
    }

    private mutating func overflow() throws -> OverflowPolicy {
        let text = try arguments.value()
        guard let policy = OverflowPolicy(rawValue: text) else {
            throw arguments.error(expected: "queue, reset or drop", got: text)
        }
        return policy
    }

    private mutating func wallClock() throws -> WallClock {
        let text = try arguments.value()
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let number = parts.count == 2 ? UInt64(parts[1]) : nil
        switch (String(parts[0]), number) {
        case ("real", nil) where parts.count == 1: return SystemClock.real
        case ("fixed", let epoch?): return WallClock { epoch }
        case ("zero-for", let seconds?): return SystemClock.zero(for: seconds)
        default: throw arguments.error(expected: "real, fixed:EPOCH or zero-for:SECONDS", got: text)
        }
    }

    private mutating func bluetooth() throws -> HCITransport {
        let text = try arguments.value()
        guard let transport = HCITransport(parsing: text) else {
            throw arguments.error(expected: "unix:PATH[,uid=N|any] or tcp:HOST:PORT", got: text)
        }
        return transport
    }

    private mutating func logLevel() throws -> LogLevel {
        switch try arguments.value() {
        case "error": .error
        case "warning": .warning
        case "info": .info
        case "debug": .debug
        case let text: throw arguments.error(expected: "error, warning, info or debug", got: text)
        }
    }

    private mutating func logFormat() throws -> LogFormat {
        let text = try arguments.value()
        guard let format = LogFormat(rawValue: text) else { throw arguments.error(expected: "text or json", got: text) }
        return format
    }

    private mutating func network() throws {
        let text = try arguments.value()
        do throws(FieldError) {
            networks.append(try NetworkForm.parse(text, position: networks.count))
        } catch {
            throw UsageError("--network '\(text)': \(error.problem)")
        }
    }

    private mutating func controlPath() throws -> String {
        let text = try arguments.value()
        guard text.hasPrefix("unix:"), text.utf8.count > 5 else {
            throw arguments.error(expected: "unix:PATH", got: text)
        }
        return String(text.dropFirst(5))
    }

    /// An address that only this machine reaches.
    private mutating func metricsPlace() throws -> IPv4Endpoint {
        let text = try arguments.value()
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let address =
            parts.first == "localhost" ? IPv4Endpoint.loopbackAddress : IPv4Endpoint.address(dotted: String(parts[0]))
        guard parts.count == 2, let port = UInt16(parts[1]), let address, address >> 24 == 127 else {
            throw arguments.error(expected: "ADDR:PORT with an address of 127.0.0.0/8", got: text)
        }
        return IPv4Endpoint(address: address, port: port)
    }
}
