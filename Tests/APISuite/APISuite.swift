import NINALink
import NINAWire
import WiFiNINA

/// Every public method of the library against one module, with checks of the results.
///
/// What the module lacks follows from ``Firmware/serves(_:)``, not from what the library knows of its firmware: each
/// call names the commands it requires, in the order it sends them, and must throw `.unsupported` with the first one
/// that the firmware lacks. No other call may throw that.
///
/// The module is an emulator started with ``emulatorOptions``, `--ca-file` for the authority of ``World``, and `--hci`
/// for a controller that answers a reset with one event. Nothing here needs a test library, so that a plain executable
/// can run it on any link.
public final class APISuite {
    /// The networks, names and the time that the suite expects.
    public static let emulatorOptions = [
        "--network", "lab-net,passphrase=correct-horse,security=wpa2,channel=6,rssi=-52,bssid=02:00:00:AA:BB:01",
        "--network", "open-net,channel=11,rssi=-70,bssid=02:00:00:AA:BB:02",
        "--network", "wep-net,passphrase=ABCDE12345,security=wep,channel=1,rssi=-80,bssid=02:00:00:AA:BB:03",
        "--network", "campus,user=ada,password=engine,channel=3,rssi=-60,bssid=02:00:00:AA:BB:04",
        "--network", "far-net,ip=1.0.0.9/24,channel=4,rssi=-61,bssid=02:00:00:AA:BB:05",
        "--host", "\(peerName)=127.0.0.1", "--host", "gateway.example=1.0.0.1", "--time", "fixed:1700000000",
    ]
    /// The host name of ``World/address``.
    public static let peerName = "good.example"

    let firmware: Firmware
    let peers: any SuitePeers
    let wifi: WiFi
    /// The commands sent so far, by opcode byte.
    private let sent: SentCommands
    private var outcomes: [Outcome] = []
    private let skipped: Set<String>

    /// A suite over a link to a freshly started module.
    /// - Parameter skipped: calls to skip because something they need is missing.
    public init(link: any Link, firmware: Firmware, peers: any SuitePeers, skipping skipped: Set<String> = []) {
        self.skipped = skipped
        self.firmware = firmware
        self.peers = peers
        let sent = SentCommands()
        self.sent = sent
        wifi = WiFi(
            link: Tracer(link) { event, _ in
                if case .command(let frame) = event, frame.count > 1 { sent.bytes.insert(frame[1]) }
            })
    }

    /// Makes every call at least once. Closes the link at the end.
    /// - Returns: the outcome of each call, in order.
    public func run() -> [Outcome] {
        moduleCalls()
        stationCalls()
        scanCalls()
        joiningCalls()
        accessPointCalls()
        pinCalls()
        storageCalls()
        preferenceCalls()
        bluetoothCalls()
        clientCalls()
        secureClientCalls()
        datagramCalls()
        serverCalls()
        socketCalls()
        familyCalls()
        recoveryCalls()
        return outcomes
    }

    /// The existing commands that the suite has sent.
    public var sentOpcodes: [Opcode] {
        sent.bytes.sorted().compactMap { Opcode(byte: $0, family: firmware.family) }
    }

    /// Whether the firmware has a command: one of its family, with a number that it serves.
    func has(_ opcode: Opcode) -> Bool {
        Opcode(byte: opcode.byte, family: firmware.family) == opcode && firmware.serves(opcode)
    }

    func has(_ quirk: Quirk) -> Bool { firmware.quirks.contains(quirk) }

    /// Makes a call and records its outcome.
    /// - Parameters:
    ///   - name: as in ``Outcome/call``.
    ///   - opcodes: the commands that it requires, in order.
    ///   - failure: the error it must throw with firmware that has them; nil for none.
    ///   - body: the call, and the checks of its result.
    func call(_ name: String, _ opcodes: Opcode..., failure: WiFiError? = nil, _ body: () throws -> Void) {
        guard !skipped.contains(name) else {
            outcomes.append(Outcome(call: name, result: .skipped))
            return
        }
        let lacking = opcodes.first { !has($0) }
        let expected = lacking.map { WiFiError.unsupported($0) } ?? failure
        var result = Outcome.Result.passed
        do {
            try body()
            if let expected {
                result = .failed("it should have thrown: \(expected)")
            } else if let unsent = opcodes.first(where: { !sent.bytes.contains($0.byte) }) {
                result = .failed("\(unsent.name) was not sent")
            }
        } catch {
            if let expected, error as? WiFiError == expected {
                if let lacking { result = .unsupported(lacking) }
            } else {
                result = .failed("\(error)" + (expected.map { ", expected: \($0)" } ?? ""))
            }
        }
        outcomes.append(Outcome(call: name, result: result))
    }

    // MARK: Shared helpers

    /// Polls until there is a value, for up to 10 seconds.
    func eventually<Value>(_ what: String, _ question: () throws -> Value?) throws -> Value {
        let deadline = wifi.now.advanced(by: .seconds(10))
        while wifi.now < deadline {
            if let value = try question() { return value }
            try wifi.waitForActivity(.milliseconds(10))
        }
        throw CheckFailed(description: "no \(what) within 10 seconds")
    }

    /// Reads until this many bytes have arrived.
    func collect(_ count: Int, _ read: (Int) throws -> [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        return try eventually("\(count) bytes") {
            bytes += try read(count - bytes.count)
            return bytes.count >= count ? bytes : nil
        }
    }

    /// Joins `lab-net`, whatever the state before.
    func join() throws { try wifi.begin("lab-net", passphrase: "correct-horse") }
}

/// Shared by the suite and the tracer of its link.
final class SentCommands {
    var bytes: Set<UInt8> = []
}

/// Text as bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes that no shift or exchange leaves unchanged.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 251) } }
