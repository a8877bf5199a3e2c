import NINAWire
import TestSupport
import WiFiNINA

/// The objects of the recorded sketch, in this library's classes.
final class Sketch {
    let link = RecordedLink()
    let wifi: WiFi
    var client: WiFiClient
    var ssl: WiFiSSLClient
    var bear: WiFiBearSSLClient
    let server: WiFiServer
    let usualServer: WiFiServer
    /// The clients that servers handed out: `c`, `d`, `e` and `a` of the recording.
    var served: [String: WiFiClient] = [:]
    let udp: WiFiUDP
    let storage: WiFiStorage
    var file: WiFiStorageFile?
    let preferences: Preferences
    let bluetooth: BluetoothHCI

    init() {
        wifi = WiFi(link: link)
        client = WiFiClient(wifi)
        ssl = WiFiSSLClient(wifi)
        bear = WiFiBearSSLClient(wifi)
        server = WiFiServer(wifi, port: 8080)
        usualServer = WiFiServer(wifi)
        udp = WiFiUDP(wifi)
        storage = WiFiStorage(wifi)
        preferences = Preferences(wifi)
        bluetooth = BluetoothHCI(wifi)
    }

    /// The recording's `seq`: 1, 2, 3 ...
    static func sequence(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) } }

    func serve(_ name: String) throws -> WiFiClient {
        guard let client = served[name] else { throw WiFiError.notConnected }
        return client
    }

    func openFile() throws -> WiFiStorageFile {
        guard let file else { throw WiFiError.fileNotFound }
        return file
    }
}

/// How this library makes a recorded call.
///
/// The result in the recording's notation; nil where the two have no comparable result.
typealias HostCall = @Sendable (Sketch) throws -> String?

/// Every call of the recording, by its own words.
let hostCalls: [String: HostCall] = {
    var calls = stationCalls
    for more in [connectionCalls, serverCalls, datagramCalls, storageCalls, preferenceCalls, driverCalls] {
        calls.merge(more) { _, _ in preconditionFailure("a call is in two tables") }
    }
    return calls
}()

/// WiFiNINA prints hardware addresses last octet first.
func printed(_ address: MACAddress?) -> String? {
    address.map { address in (0..<6).map { address.reversed[$0] }.hex.lowercased() }
}

func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "NULL" }
