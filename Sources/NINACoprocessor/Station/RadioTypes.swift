import NINALink
import NINAWire

extension Radio {
    /// Reason codes of a failed or lost connection, with ESP-IDF's numbers.
    enum Reason {
        /// The station left on its own.
        static let associationLeave: UInt8 = 8
        /// No beacon of the access point arrived any more.
        static let beaconTimeout: UInt8 = 200
        /// The 4-way handshake was not completed: a wrong passphrase or key.
        static let handshakeTimeout: UInt8 = 15
        /// No access point with that name.
        static let noAccessPointFound: UInt8 = 201
        /// The access point refused the authentication.
        static let authenticationFailed: UInt8 = 202
    }

    /// The addresses of a station.
    struct Lease: Equatable, Sendable {
        /// The station's address.
        var address = IPv4Address.any
        /// The network's mask.
        var mask = IPv4Address.any
        /// The gateway.
        var gateway = IPv4Address.any
    }

    /// The credential that a station presents.
    enum Credential: Sendable {
        /// Nothing.
        case none
        /// A passphrase or key.
        case text(ArraySlice<UInt8>)
        /// A name and a password.
        case user(ArraySlice<UInt8>, password: ArraySlice<UInt8>)

        /// The same with bytes of its own: those of a command belong to the buffer of the link.
        var copy: Credential {
            switch self {
            case .none: .none
            case .text(let text): .text(ArraySlice(Array(text)))
            case .user(let user, let password): .user(ArraySlice(Array(user)), password: ArraySlice(Array(password)))
            }
        }
    }

    /// The coprocessor's own access point.
    struct AccessPoint: Sendable, Equatable {
        /// How many stations can join it: firmware asks ESP-IDF for 4.
        static let stationLimit = 4
        /// Its name.
        var ssid: [UInt8]
        /// Its encryption.
        var security: EncryptionType
        /// The stations that have joined it.
        var stations: [MACAddress] = []
    }
}
