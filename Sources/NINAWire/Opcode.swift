/// The two firmware families; some command numbers mean different commands in them.
public enum CommandFamily: UInt8, CaseIterable, Sendable {
    /// Arduino's nina-fw.
    case arduino
    /// Adafruit's fork.
    case adafruit
}

/// The commands of the NINA SPI protocol, with nina-fw's names for its handlers.
///
/// The raw value is the number on the wire; bit 8 is set for commands that only Adafruit's firmware has under that
/// number. A reply carries the same number with bit 7 set (`0x20` is answered by `0xA0`).
///
/// Switches over this type have no `default`, so that the compiler lists, module by module, what a new command needs.
public enum Opcode: UInt16, CaseIterable, Sendable {
    /// Join an open network: ``SetNet``.
    case setNet = 0x10
    /// Join a network with a passphrase: ``SetPassphrase``.
    case setPassphrase = 0x11
    /// Join a network with a key: ``SetKey``.
    case setKey = 0x12
    /// Set a static address: ``SetIpConfig``.
    case setIpConfig = 0x14
    /// Set the name servers: ``SetDnsConfig``.
    case setDnsConfig = 0x15
    /// Set the host name of the station: ``SetHostname``.
    case setHostname = 0x16
    /// Set the power mode of the radio: ``SetPowerMode``.
    case setPowerMode = 0x17
    /// Start an open access point: ``SetApNet``.
    case setApNet = 0x18
    /// Start an access point with a passphrase: ``SetApPassphrase``.
    case setApPassphrase = 0x19
    /// Switch the log on the serial port: ``SetDebug``.
    case setDebug = 0x1A
    /// Temperature of the chip: ``GetTemperature``.
    case getTemperature = 0x1B
    /// The name servers in use: ``GetDnsConfig``.
    case getDnsConfig = 0x1E
    /// Why the station was disconnected: ``GetReasonCode``.
    case getReasonCode = 0x1F
    /// State of the connection: ``GetConnStatus``.
    case getConnStatus = 0x20
    /// Address, mask and gateway: ``GetIPAddr``.
    case getIPAddr = 0x21
    /// Hardware address of the station: ``GetMACAddr``.
    case getMACAddr = 0x22
    /// Name of the current network: ``GetCurrSSID``.
    case getCurrSSID = 0x23
    /// Hardware address of the current access point: ``GetCurrBSSID``.
    case getCurrBSSID = 0x24
    /// Signal strength of the current network: ``GetCurrRSSI``.
    case getCurrRSSI = 0x25
    /// Encryption of the current network: ``GetCurrEnct``.
    case getCurrEnct = 0x26
    /// Scan, and the names found: ``ScanNetworks``.
    case scanNetworks = 0x27
    /// Listen on a port: ``StartServer``.
    case startServer = 0x28
    /// Whether a socket listens: ``GetStateTCP``.
    case getStateTCP = 0x29
    /// Whether the bytes were sent (always 1): ``DataSent``.
    case dataSent = 0x2A
    /// Bytes available, or a server's next client: ``AvailData``.
    case availData = 0x2B
    /// Read or peek one byte: ``GetData``.
    case getData = 0x2C
    /// Connect to an address or a host: ``StartClient``.
    case startClient = 0x2D
    /// Close a connection and free its socket: ``StopClient``.
    case stopClient = 0x2E
    /// Whether a client is connected: ``GetClientState``.
    case getClientState = 0x2F
    /// Leave the network: ``Disconnect``.
    case disconnect = 0x30
    /// Signal strength of a scanned network: ``GetIdxRSSI``.
    case getIdxRSSI = 0x32
    /// Encryption of a scanned network: ``GetIdxEnct``.
    case getIdxEnct = 0x33
    /// Resolve a host name: ``ReqHostByName``.
    case reqHostByName = 0x34
    /// The address found by the last look-up: ``GetHostByName``.
    case getHostByName = 0x35
    /// Announce a scan (no effect): ``StartScanNetworks``.
    case startScanNetworks = 0x36
    /// Firmware version: ``GetFwVersion``.
    case getFwVersion = 0x37
    /// Stop a server and close the clients in its list: ``StopServer``.
    case stopServer = 0x38
    /// Send a datagram: ``SendUDP``.
    case sendUDP = 0x39
    /// Remote address and port: ``GetRemoteData``.
    case getRemoteData = 0x3A
    /// Seconds since 1970: ``GetTime``.
    case getTime = 0x3B
    /// Hardware address of a scanned access point: ``GetIdxBSSID``.
    case getIdxBSSID = 0x3C
    /// Channel of a scanned network: ``GetIdxChannel``.
    case getIdxChannel = 0x3D
    /// Send an echo request: ``Ping``.
    case ping = 0x3E
    /// Request a free socket: ``GetSocket``.
    case getSocket = 0x3F
    /// Join an enterprise network: ``SetEnt``.
    case setEnt = 0x40
    /// Send bytes on a connection, or to all clients of a server: ``SendData``.
    case sendData = 0x44
    /// Read bytes of a connection: ``GetDatabuf``.
    case getDatabuf = 0x45
    /// Append bytes to a datagram: ``InsertDatabuf``.
    case insertDatabuf = 0x46
    /// Start the Bluetooth controller: ``BLEBegin``.
    case bleBegin = 0x4A
    /// Stop the Bluetooth controller: ``BLEEnd``.
    case bleEnd = 0x4B
    /// Bytes in waiting HCI packets: ``BLEAvailable``.
    case bleAvailable = 0x4C
    /// Peek at bytes of HCI packets: ``BLEPeek``.
    case blePeek = 0x4D
    /// Read bytes of HCI packets: ``BLERead``.
    case bleRead = 0x4E
    /// Send an HCI packet: ``BLEWrite``.
    case bleWrite = 0x4F
    /// Set the mode of a pin: ``SetPinMode``.
    case setPinMode = 0x50
    /// Set the level of a pin: ``SetDigitalWrite``.
    case setDigitalWrite = 0x51
    /// Set the duty cycle of a pin: ``SetAnalogWrite``.
    case setAnalogWrite = 0x52
    /// The level of a pin: ``GetDigitalRead``.
    case getDigitalRead = 0x53
    /// Measure a voltage: ``GetAnalogRead``.
    case getAnalogRead = 0x54
    /// Open a name space of preferences: ``PrefBegin``.
    case prefBegin = 0x55
    /// Close the name space of preferences: ``PrefEnd``.
    case prefEnd = 0x56
    /// Remove all preferences: ``PrefClear``.
    case prefClear = 0x57
    /// Remove a preference: ``PrefRemove``.
    case prefRemove = 0x58
    /// The size of a preference: ``PrefLen``.
    case prefLen = 0x59
    /// Free entries for preferences: ``PrefStat``.
    case prefStat = 0x5A
    /// Store a preference: ``PrefPut``.
    case prefPut = 0x5B
    /// Read a preference: ``PrefGet``.
    case prefGet = 0x5C
    /// The type of a preference: ``PrefGettype``.
    case prefGettype = 0x5D
    /// Firmware version as numbers: ``GetFwVersionU32``.
    case getFwVersionU32 = 0x5E
    /// Set the clock: ``SetTime``.
    case setTime = 0x5F
    /// Append bytes to a file: ``WriteFile``.
    case writeFile = 0x60
    /// Read bytes of a file: ``ReadFile``.
    case readFile = 0x61
    /// Delete a file: ``DeleteFile``.
    case deleteFile = 0x62
    /// The size of a file: ``ExistsFile``.
    case existsFile = 0x63
    /// Download a file over HTTP: ``DownloadFile``.
    case downloadFile = 0x64
    /// Update the host from a downloaded file: ``ApplyOTA``.
    case applyOTA = 0x65
    /// Rename a file: ``RenameFile``.
    case renameFile = 0x66
    /// Download a program for the host: ``DownloadOTA``.
    case downloadOTA = 0x67
    /// Trust an elliptic-curve key: ``BrSetEcTa``.
    case brSetEcTa = 0x68
    /// The last error of BearSSL: ``BrErrorCode``.
    case brErrorCode = 0x69
    /// Create a BSD socket: ``BSDSocket``.
    case bsdSocket = 0x70
    /// Close a BSD socket: ``BSDClose``.
    case bsdClose = 0x71
    /// The errno of the last BSD command: ``BSDErrno``.
    case bsdErrno = 0x72
    /// Bind a BSD socket: ``BSDBind``.
    case bsdBind = 0x73
    /// Listen on a BSD socket: ``BSDListen``.
    case bsdListen = 0x74
    /// Accept a connection on a BSD socket: ``BSDAccept``.
    case bsdAccept = 0x75
    /// Connect a BSD socket: ``BSDConnect``.
    case bsdConnect = 0x76
    /// Send bytes on a BSD socket: ``BSDSend``.
    case bsdSend = 0x77
    /// Receive bytes on a BSD socket: ``BSDRecv``.
    case bsdRecv = 0x78
    /// Send a datagram on a BSD socket: ``BSDSendto``.
    case bsdSendto = 0x79
    /// Receive a datagram on a BSD socket: ``BSDRecvfrom``.
    case bsdRecvfrom = 0x7A
    /// Control a BSD socket: ``BSDIoctl``.
    case bsdIoctl = 0x7B
    /// Events that a BSD socket is ready for: ``BSDPoll``.
    case bsdPoll = 0x7C
    /// Set an option of a BSD socket: ``BSDSetsockopt``.
    case bsdSetsockopt = 0x7D
    /// Read an option of a BSD socket: ``BSDGetsockopt``.
    case bsdGetsockopt = 0x7E
    /// The remote address of a BSD socket: ``BSDGetpeername``.
    case bsdGetpeername = 0x7F

    // Adafruit's firmware only.
    /// Set the certificate of TLS clients: ``SetCliCert``.
    case setCliCert = 0x140
    /// Set the key of the TLS certificate: ``SetPK``.
    case setPK = 0x141
    /// Set the enterprise identity: ``SetEntIdent``.
    case setEntIdent = 0x14A
    /// Set the enterprise user name: ``SetEntUname``.
    case setEntUname = 0x14B
    /// Set the enterprise password: ``SetEntPasswd``.
    case setEntPasswd = 0x14C
    /// Enable joining enterprise networks: ``SetEntEnable``.
    case setEntEnable = 0x14F
}

extension Opcode {
    private static let adafruitBit: UInt16 = 0x100

    /// The command with a number in a firmware family; nil if there is none.
    public init?(byte: UInt8, family: CommandFamily) {
        let number = UInt16(byte)
        self.init(rawValue: family == .adafruit && Self.dependsOnFamily(byte) ? number | Self.adafruitBit : number)
    }

    /// Whether a number means a different command in each family, or exists in only one: SET_ENT and Bluetooth are
    /// Arduino's; certificates and the separate enterprise commands are Adafruit's.
    private static func dependsOnFamily(_ byte: UInt8) -> Bool {
        byte == 0x40 || byte == 0x41 || (0x4A...0x4F).contains(byte)
    }

    /// The opcode byte of the command.
    public var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// The opcode byte of its reply.
    public var replyByte: UInt8 { byte | Frame.replyBit }
    /// Whether the number means this command only in Adafruit's firmware.
    public var isAdafruitOnly: Bool { rawValue & Self.adafruitBit != 0 }
}

#if !hasFeature(Embedded)
extension Opcode {
    /// The name in nina-fw and WiFiNINA: `GET_FW_VERSION` for ``getFwVersion``.
    public var name: String {
        var result = ""
        var wasLowercase = false
        for character in "\(self)" {
            if character.isUppercase, wasLowercase { result += "_" }
            result += character.uppercased()
            wasLowercase = character.isLowercase
        }
        return result
    }
}
#endif
