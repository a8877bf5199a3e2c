import NINALink
import NINAWire

/// The state of a module at one time. It holds no secrets.
public struct ModuleReport: Equatable, Sendable {
    /// The Wi-Fi station.
    public struct Station: Equatable, Sendable {
        /// The status that GET_CONN_STATUS answers.
        public var status = ConnectionStatus.idle
        /// Whether it has joined a network.
        public var isJoined = false
        /// Whether a join is in progress.
        public var isJoining = false
        /// The network that was joined or tried last; empty before.
        public var ssid: [UInt8] = []
        /// The signal of the network in dBm; nil without one.
        public var rssi: Int32?
        /// The reason that GET_REASON_CODE answers.
        public var reason: UInt8 = 0
        /// The address that GET_IPADDR answers.
        public var address = IPv4Address.any
    }

    /// The module's own access point.
    public struct AccessPoint: Equatable, Sendable {
        /// Its name.
        public var ssid: [UInt8]
        /// Its encryption.
        public var security: EncryptionType
        /// The stations that have joined it, in this order.
        public var stations: [MACAddress]
    }

    /// A network around the module.
    public struct NearbyNetwork: Equatable, Sendable {
        /// Its name.
        public var ssid: [UInt8]
        /// Its hardware address.
        public var bssid: MACAddress
        /// Its encryption.
        public var security: EncryptionType
        /// Its channel.
        public var channel: UInt8
        /// Its signal in dBm.
        public var rssi: Int32
        /// Whether a scan finds it.
        public var isInRange: Bool
        /// How long it stays out of range; nil when it is in range, or for ever.
        public var returnsIn: Duration?
        /// The reason with which every join fails; nil for none.
        public var failsJoins: UInt8?
    }

    /// A pin that is connected or that the host has set.
    public struct Pin: Equatable, Sendable {
        /// Its number.
        public var number: UInt8
        /// Its state.
        public var pin: PinBank.Pin
    }

    /// A fault and how often it has gone off.
    public struct FaultState: Equatable, Sendable {
        /// The fault.
        public var fault: Fault
        /// How often.
        public var fired: Int
        /// How often it still will; nil without a limit.
        public var remaining: Int?
    }

    /// The name of the firmware's profile.
    public var firmware: String
    /// The time of the report, on the clock of the coprocessor's link.
    public var at: MonotonicInstant
    /// How often the module has started.
    public var boots: Int
    /// Whether it runs: false while RESET is low.
    public var isRunning: Bool
    /// The station.
    public var station: Station
    /// The access point; nil while there is none.
    public var accessPoint: AccessPoint?
    /// The networks around the module.
    public var networks: [NearbyNetwork]
    /// The number of slots.
    public var slotCount: Int
    /// The number of slots in use.
    public var slotsInUse: Int
    /// The slots that are not free, clients of servers that have no slot yet, and BSD sockets.
    public var sockets: [SocketReport]
    /// The pins that are not in their power-on state.
    public var pins: [Pin]
    /// The faults.
    public var faults: [FaultState]
    /// What GET_TIME answers.
    public var time: UInt64
    /// What has been counted since the coprocessor was made; resets of the module do not clear it.
    public var counters: Counters

    /// The number of clients of servers, with a slot or without.
    public var clientCount: Int {
        sockets.count { socket in
            switch socket.owner {
            case .server, .waiting: true
            case .host, .bsd: false
            }
        }
    }
}

/// A socket of a module, as `netstat` shows one.
public struct SocketReport: Equatable, Sendable {
    /// The protocol.
    public enum Kind: String, Sendable {
        /// TCP.
        case tcp
        /// TLS.
        case tls
        /// UDP.
        case udp
    }

    /// The state.
    public enum State: String, Sendable {
        /// Returned by GET_SOCKET, not in use yet.
        case reserved
        /// A server.
        case listening
        /// A connect is in progress.
        case connecting
        /// A connection.
        case established
        /// The peer has closed the connection, or it has failed; the slot is still taken.
        case closed
        /// A UDP socket.
        case open
    }

    /// To whom the socket belongs.
    public enum Owner: Equatable, Sendable {
        /// The host has started it, on a slot.
        case host
        /// A client that the server of this slot has handed out; nil when that server has ended.
        case server(slot: Int?)
        /// A client that the server of this slot holds until the host asks for it.
        case waiting(slot: Int)
        /// The BSD commands.
        case bsd
    }

    /// The slot, or the number of a BSD socket; nil for a client that waits.
    public var number: Int?
    /// The protocol.
    public var kind: Kind
    /// The state.
    public var state: State
    /// To whom it belongs.
    public var owner: Owner
    /// The module's port; nil when it is not known.
    public var localPort: UInt16?
    /// The other end; nil without one.
    public var peer: Endpoint?
    /// Bytes that the host has not read.
    public var unread: Int
    /// Bytes that the network has not taken; what Linux holds does not count.
    public var unsent: Int
    /// How long the slot is taken; nil when it is not known.
    public var age: Duration?

    init(
        _ number: Int?, _ kind: Kind, _ state: State, _ owner: Owner, localPort: UInt16? = nil, peer: Endpoint? = nil,
        unread: Int = 0, unsent: Int = 0, age: Duration? = nil
    ) {
        self.number = number
        self.kind = kind
        self.state = state
        self.owner = owner
        self.localPort = localPort
        self.peer = peer == .unspecified ? nil : peer
        self.unread = unread
        self.unsent = unsent
        self.age = age
    }
}
