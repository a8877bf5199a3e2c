/// Which of the two lines of firmware a coprocessor runs: a few numbers mean different commands to them.
public enum CommandFamily: UInt8, CaseIterable, Sendable {
    /// Arduino's nina-fw.
    case arduino
    /// Adafruit's fork.
    case adafruit
}

/// The commands of the NINA SPI protocol, named as nina-fw names its handlers.
///
/// The raw value is the number on the wire; commands that only Adafruit's firmware knows by that number have bit 8 set.
/// A reply carries the same number with bit 7 set (`0x20` is answered by `0xA0`).
/// Switches over this type have no `default`, so that the compiler lists every place a new command needs.
public enum Opcode: UInt16, CaseIterable, Sendable {
    case setNet = 0x10
    case setPassphrase = 0x11
    case setKey = 0x12
    case getConnStatus = 0x20
    case getIPAddr = 0x21
    case getMACAddr = 0x22
    case getCurrSSID = 0x23
    case getCurrBSSID = 0x24
    case getCurrRSSI = 0x25
    case getCurrEnct = 0x26
    case scanNetworks = 0x27
    case startServer = 0x28
    case getStateTCP = 0x29
    case dataSent = 0x2A
    case availData = 0x2B
    case getData = 0x2C
    case startClient = 0x2D
    case stopClient = 0x2E
    case getClientState = 0x2F
    case disconnect = 0x30
    case getIdxRSSI = 0x32
    case getIdxEnct = 0x33
    case reqHostByName = 0x34
    case getHostByName = 0x35
    case startScanNetworks = 0x36
    case getFwVersion = 0x37
    case stopServer = 0x38
    case getRemoteData = 0x3A
    case getIdxBSSID = 0x3C
    case getIdxChannel = 0x3D
    case getSocket = 0x3F
    case sendData = 0x44
    case getDatabuf = 0x45
}

extension Opcode {
    private static let adafruitBit: UInt16 = 0x100

    /// The command that a number means to a family of firmware; nil when it means none to either.
    public init?(byte: UInt8, family: CommandFamily) {
        let number = UInt16(byte)
        if family == .adafruit, let opcode = Opcode(rawValue: number | Self.adafruitBit) {
            self = opcode
        } else {
            self.init(rawValue: number)
        }
    }

    /// The opcode byte of the command.
    public var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// The opcode byte of its reply.
    public var replyByte: UInt8 { byte | Frame.replyBit }
    /// Whether only Adafruit's firmware knows the command by its number.
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

/// Receives the command type that belongs to an opcode.
///
/// Embedded Swift has no list of existential metatypes, so code that treats all commands alike (the lister behind
/// `commands.json`, the tracer, the random filler of the tests) is a generic visitor.
public protocol CommandVisitor {
    /// What a visit yields.
    associatedtype Result
    /// Called with the type of the command.
    mutating func visit<C: Command>(_ command: C.Type) -> Result
}

extension Opcode {
    /// Calls the visitor with this opcode's command type.
    public func accept<V: CommandVisitor>(_ visitor: inout V) -> V.Result {
        switch self {
        case .setNet: visitor.visit(SetNet.self)
        case .setPassphrase: visitor.visit(SetPassphrase.self)
        case .setKey: visitor.visit(SetKey.self)
        case .getConnStatus: visitor.visit(GetConnStatus.self)
        case .getIPAddr: visitor.visit(GetIPAddr.self)
        case .getMACAddr: visitor.visit(GetMACAddr.self)
        case .getCurrSSID: visitor.visit(GetCurrSSID.self)
        case .getCurrBSSID: visitor.visit(GetCurrBSSID.self)
        case .getCurrRSSI: visitor.visit(GetCurrRSSI.self)
        case .getCurrEnct: visitor.visit(GetCurrEnct.self)
        case .scanNetworks: visitor.visit(ScanNetworks.self)
        case .startServer: visitor.visit(StartServer.self)
        case .getStateTCP: visitor.visit(GetStateTCP.self)
        case .dataSent: visitor.visit(DataSent.self)
        case .availData: visitor.visit(AvailData.self)
        case .getData: visitor.visit(GetData.self)
        case .startClient: visitor.visit(StartClient.self)
        case .stopClient: visitor.visit(StopClient.self)
        case .getClientState: visitor.visit(GetClientState.self)
        case .disconnect: visitor.visit(Disconnect.self)
        case .getIdxRSSI: visitor.visit(GetIdxRSSI.self)
        case .getIdxEnct: visitor.visit(GetIdxEnct.self)
        case .reqHostByName: visitor.visit(ReqHostByName.self)
        case .getHostByName: visitor.visit(GetHostByName.self)
        case .startScanNetworks: visitor.visit(StartScanNetworks.self)
        case .getFwVersion: visitor.visit(GetFwVersion.self)
        case .stopServer: visitor.visit(StopServer.self)
        case .getRemoteData: visitor.visit(GetRemoteData.self)
        case .getIdxBSSID: visitor.visit(GetIdxBSSID.self)
        case .getIdxChannel: visitor.visit(GetIdxChannel.self)
        case .getSocket: visitor.visit(GetSocket.self)
        case .sendData: visitor.visit(SendData.self)
        case .getDatabuf: visitor.visit(GetDatabuf.self)
        }
    }
}
