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
    case setIpConfig = 0x14
    case setDnsConfig = 0x15
    case setHostname = 0x16
    case setPowerMode = 0x17
    case setApNet = 0x18
    case setApPassphrase = 0x19
    case setDebug = 0x1A
    case getTemperature = 0x1B
    case getDnsConfig = 0x1E
    case getReasonCode = 0x1F
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
    case sendUDP = 0x39
    case getRemoteData = 0x3A
    case getTime = 0x3B
    case getIdxBSSID = 0x3C
    case getIdxChannel = 0x3D
    case ping = 0x3E
    case getSocket = 0x3F
    case setEnt = 0x40
    case sendData = 0x44
    case getDatabuf = 0x45
    case insertDatabuf = 0x46
    case bleBegin = 0x4A
    case bleEnd = 0x4B
    case bleAvailable = 0x4C
    case blePeek = 0x4D
    case bleRead = 0x4E
    case bleWrite = 0x4F
    case setPinMode = 0x50
    case setDigitalWrite = 0x51
    case setAnalogWrite = 0x52
    case getDigitalRead = 0x53
    case getAnalogRead = 0x54
    case prefBegin = 0x55
    case prefEnd = 0x56
    case prefClear = 0x57
    case prefRemove = 0x58
    case prefLen = 0x59
    case prefStat = 0x5A
    case prefPut = 0x5B
    case prefGet = 0x5C
    case prefGettype = 0x5D
    case getFwVersionU32 = 0x5E
    case setTime = 0x5F
    case writeFile = 0x60
    case readFile = 0x61
    case deleteFile = 0x62
    case existsFile = 0x63
    case downloadFile = 0x64
    case applyOTA = 0x65
    case renameFile = 0x66
    case downloadOTA = 0x67
    case brSetEcTa = 0x68
    case brErrorCode = 0x69
    case bsdSocket = 0x70
    case bsdClose = 0x71
    case bsdErrno = 0x72
    case bsdBind = 0x73
    case bsdListen = 0x74
    case bsdAccept = 0x75
    case bsdConnect = 0x76
    case bsdSend = 0x77
    case bsdRecv = 0x78
    case bsdSendto = 0x79
    case bsdRecvfrom = 0x7A
    case bsdIoctl = 0x7B
    case bsdPoll = 0x7C
    case bsdSetsockopt = 0x7D
    case bsdGetsockopt = 0x7E
    case bsdGetpeername = 0x7F

    // Adafruit's firmware only.
    case setCliCert = 0x140
    case setPK = 0x141
    case setEntIdent = 0x14A
    case setEntUname = 0x14B
    case setEntPasswd = 0x14C
    case setEntEnable = 0x14F
}

extension Opcode {
    private static let adafruitBit: UInt16 = 0x100

    /// The command that a number means to a family of firmware; nil when it means none to it.
    public init?(byte: UInt8, family: CommandFamily) {
        let number = UInt16(byte)
        self.init(rawValue: family == .adafruit && Self.dependsOnFamily(byte) ? number | Self.adafruitBit : number)
    }

    /// Whether the families mean different commands by a number, or only one of them means any: SET_ENT and Bluetooth
    /// are Arduino's, certificates and the steps of joining an enterprise network are Adafruit's.
    private static func dependsOnFamily(_ byte: UInt8) -> Bool {
        byte == 0x40 || byte == 0x41 || (0x4A...0x4F).contains(byte)
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
        case .setIpConfig: visitor.visit(SetIpConfig.self)
        case .setDnsConfig: visitor.visit(SetDnsConfig.self)
        case .setHostname: visitor.visit(SetHostname.self)
        case .setPowerMode: visitor.visit(SetPowerMode.self)
        case .setApNet: visitor.visit(SetApNet.self)
        case .setApPassphrase: visitor.visit(SetApPassphrase.self)
        case .setDebug: visitor.visit(SetDebug.self)
        case .getTemperature: visitor.visit(GetTemperature.self)
        case .getDnsConfig: visitor.visit(GetDnsConfig.self)
        case .getReasonCode: visitor.visit(GetReasonCode.self)
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
        case .sendUDP: visitor.visit(SendUDP.self)
        case .getRemoteData: visitor.visit(GetRemoteData.self)
        case .getTime: visitor.visit(GetTime.self)
        case .getIdxBSSID: visitor.visit(GetIdxBSSID.self)
        case .getIdxChannel: visitor.visit(GetIdxChannel.self)
        case .ping: visitor.visit(Ping.self)
        case .getSocket: visitor.visit(GetSocket.self)
        case .setEnt: visitor.visit(SetEnt.self)
        case .sendData: visitor.visit(SendData.self)
        case .getDatabuf: visitor.visit(GetDatabuf.self)
        case .insertDatabuf: visitor.visit(InsertDatabuf.self)
        case .bleBegin: visitor.visit(BLEBegin.self)
        case .bleEnd: visitor.visit(BLEEnd.self)
        case .bleAvailable: visitor.visit(BLEAvailable.self)
        case .blePeek: visitor.visit(BLEPeek.self)
        case .bleRead: visitor.visit(BLERead.self)
        case .bleWrite: visitor.visit(BLEWrite.self)
        case .setPinMode: visitor.visit(SetPinMode.self)
        case .setDigitalWrite: visitor.visit(SetDigitalWrite.self)
        case .setAnalogWrite: visitor.visit(SetAnalogWrite.self)
        case .getDigitalRead: visitor.visit(GetDigitalRead.self)
        case .getAnalogRead: visitor.visit(GetAnalogRead.self)
        case .prefBegin: visitor.visit(PrefBegin.self)
        case .prefEnd: visitor.visit(PrefEnd.self)
        case .prefClear: visitor.visit(PrefClear.self)
        case .prefRemove: visitor.visit(PrefRemove.self)
        case .prefLen: visitor.visit(PrefLen.self)
        case .prefStat: visitor.visit(PrefStat.self)
        case .prefPut: visitor.visit(PrefPut.self)
        case .prefGet: visitor.visit(PrefGet.self)
        case .prefGettype: visitor.visit(PrefGettype.self)
        case .getFwVersionU32: visitor.visit(GetFwVersionU32.self)
        case .setTime: visitor.visit(SetTime.self)
        case .writeFile: visitor.visit(WriteFile.self)
        case .readFile: visitor.visit(ReadFile.self)
        case .deleteFile: visitor.visit(DeleteFile.self)
        case .existsFile: visitor.visit(ExistsFile.self)
        case .downloadFile: visitor.visit(DownloadFile.self)
        case .applyOTA: visitor.visit(ApplyOTA.self)
        case .renameFile: visitor.visit(RenameFile.self)
        case .downloadOTA: visitor.visit(DownloadOTA.self)
        case .brSetEcTa: visitor.visit(BrSetEcTa.self)
        case .brErrorCode: visitor.visit(BrErrorCode.self)
        case .bsdSocket: visitor.visit(BSDSocket.self)
        case .bsdClose: visitor.visit(BSDClose.self)
        case .bsdErrno: visitor.visit(BSDErrno.self)
        case .bsdBind: visitor.visit(BSDBind.self)
        case .bsdListen: visitor.visit(BSDListen.self)
        case .bsdAccept: visitor.visit(BSDAccept.self)
        case .bsdConnect: visitor.visit(BSDConnect.self)
        case .bsdSend: visitor.visit(BSDSend.self)
        case .bsdRecv: visitor.visit(BSDRecv.self)
        case .bsdSendto: visitor.visit(BSDSendto.self)
        case .bsdRecvfrom: visitor.visit(BSDRecvfrom.self)
        case .bsdIoctl: visitor.visit(BSDIoctl.self)
        case .bsdPoll: visitor.visit(BSDPoll.self)
        case .bsdSetsockopt: visitor.visit(BSDSetsockopt.self)
        case .bsdGetsockopt: visitor.visit(BSDGetsockopt.self)
        case .bsdGetpeername: visitor.visit(BSDGetpeername.self)
        case .setCliCert: visitor.visit(SetCliCert.self)
        case .setPK: visitor.visit(SetPK.self)
        case .setEntIdent: visitor.visit(SetEntIdent.self)
        case .setEntUname: visitor.visit(SetEntUname.self)
        case .setEntPasswd: visitor.visit(SetEntPasswd.self)
        case .setEntEnable: visitor.visit(SetEntEnable.self)
        }
    }
}
