/// The number of a socket (slot) on the coprocessor.
public struct SocketNumber: RawRepresentable, Hashable, Sendable {
    /// 0 to 63, or 255 for none.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// No socket (`NO_SOCKET_AVAIL`).
    public static let unavailable = SocketNumber(rawValue: 255)
}

/// State of the Wi-Fi connection, GET_CONN_STATUS (WiFiNINA's `wl_status_t`).
public struct ConnectionStatus: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `WL_IDLE_STATUS`: no join was started yet.
    public static let idle = ConnectionStatus(rawValue: 0)
    /// `WL_NO_SSID_AVAIL`: also the status while a join is under way.
    public static let noSSIDAvailable = ConnectionStatus(rawValue: 1)
    /// `WL_SCAN_COMPLETED`.
    public static let scanCompleted = ConnectionStatus(rawValue: 2)
    /// `WL_CONNECTED`.
    public static let connected = ConnectionStatus(rawValue: 3)
    /// `WL_CONNECT_FAILED`.
    public static let connectFailed = ConnectionStatus(rawValue: 4)
    /// `WL_CONNECTION_LOST`.
    public static let connectionLost = ConnectionStatus(rawValue: 5)
    /// `WL_DISCONNECTED`.
    public static let disconnected = ConnectionStatus(rawValue: 6)
    /// `WL_AP_LISTENING`.
    public static let apListening = ConnectionStatus(rawValue: 7)
    /// `WL_AP_CONNECTED`.
    public static let apConnected = ConnectionStatus(rawValue: 8)
    /// `WL_AP_FAILED`.
    public static let apFailed = ConnectionStatus(rawValue: 9)
    /// `WL_STOPPED` of the arduino-esp32 core, so Adafruit's 3.x: the station has not been started.
    public static let stopped = ConnectionStatus(rawValue: 254)
    /// `WL_NO_MODULE`: hosts return it when no coprocessor replies.
    public static let noModule = ConnectionStatus(rawValue: 255)
}

/// Encryption of a network, GET_CURR_ENCT and GET_IDX_ENCT (WiFiNINA's `wl_enc_type`).
public struct EncryptionType: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `ENC_TYPE_TKIP`: WPA.
    public static let wpa = EncryptionType(rawValue: 2)
    /// `ENC_TYPE_CCMP`: WPA2, or WPA and WPA2.
    public static let wpa2 = EncryptionType(rawValue: 4)
    /// `ENC_TYPE_WEP`.
    public static let wep = EncryptionType(rawValue: 5)
    /// `ENC_TYPE_NONE`: an open network.
    public static let open = EncryptionType(rawValue: 7)
    /// `ENC_TYPE_UNKNOWN`.
    public static let unknown = EncryptionType(rawValue: 255)

    /// The type for an ESP-IDF `wifi_auth_mode_t`: 0 open, 1 WEP, 2 WPA, 3 WPA2, 4 WPA/WPA2, 5 WPA2 enterprise, 7
    /// WPA2/WPA3. Others, for example 6 for WPA3 only, are unknown to WiFiNINA.
    public init(authMode: UInt8) {
        switch authMode {
        case 0: self = .open
        case 1: self = .wep
        case 2: self = .wpa
        case 3, 4, 5, 7: self = .wpa2
        default: self = .unknown
        }
    }
}

/// The protocol of a socket: the type byte of START_SERVER and START_CLIENT.
public struct SocketType: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// TCP.
    public static let tcp = SocketType(rawValue: 0)
    /// UDP.
    public static let udp = SocketType(rawValue: 1)
    /// TLS, client only.
    public static let tls = SocketType(rawValue: 2)
    /// UDP multicast, server only.
    public static let udpMulticast = SocketType(rawValue: 3)
    /// TLS by BearSSL, client only.
    public static let tlsBearSSL = SocketType(rawValue: 4)
}

/// State of a client socket, GET_CLIENT_STATE: firmware sends only these two values.
public struct ClientState: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire (lwip's `tcp_state`).
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `CLOSED`.
    public static let closed = ClientState(rawValue: 0)
    /// `ESTABLISHED`.
    public static let established = ClientState(rawValue: 4)
}

#if !hasFeature(Embedded)
extension ConnectionStatus: CustomStringConvertible {
    /// The state in words.
    public var description: String {
        switch self {
        case .idle: "idle"
        case .noSSIDAvailable: "no network yet"
        case .scanCompleted: "scan completed"
        case .connected: "connected"
        case .connectFailed: "connect failed"
        case .connectionLost: "connection lost"
        case .disconnected: "disconnected"
        case .apListening: "access point, no station"
        case .apConnected: "access point with a station"
        case .apFailed: "access point failed"
        case .noModule: "no module"
        default: "status \(rawValue)"
        }
    }
}

extension EncryptionType: CustomStringConvertible {
    /// The encryption by its usual name.
    public var description: String {
        switch self {
        case .wpa: "WPA"
        case .wpa2: "WPA2"
        case .wep: "WEP"
        case .open: "open"
        case .unknown: "unknown"
        default: "encryption \(rawValue)"
        }
    }
}

extension SocketNumber: CustomStringConvertible {
    /// The number.
    public var description: String { self == .unavailable ? "none" : String(rawValue) }
}
#endif
