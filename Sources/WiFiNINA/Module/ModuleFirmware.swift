import NINAWire

/// A module's firmware as a host can identify it: its version, and its family.
///
/// GET_FW_VERSION returns the version. Both families have versions 1.0 to 3.x, so one more command without side effects
/// distinguishes them: GET_REASON_CODE from 1.3 to 1.9, GET_FW_VERSION_U32 from 3.0 on. Only Arduino's firmware answers
/// it.
public struct ModuleFirmware: Equatable, Sendable {
    /// 3 of 3.5.0.
    public var major: UInt8 = 0
    /// 5 of 3.5.0.
    public var minor: UInt8 = 0
    /// 0 of 3.5.0.
    public var patch: UInt8 = 0
    /// Arduino's or Adafruit's: some command numbers mean different commands in the two families.
    public var family = CommandFamily.arduino

    /// A version of a firmware family.
    public init(major: UInt8, minor: UInt8, patch: UInt8, family: CommandFamily = .arduino) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.family = family
    }

    /// Parses the version at the start of a text, `x.y.z`; a part that is not a number is 0.
    init(text: ArraySlice<UInt8>) {
        var numbers: (UInt8, UInt8, UInt8) = (0, 0, 0)
        var place = 0
        for byte in text {
            if byte == UInt8(ascii: "."), place < 2 {
                place += 1
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                let digit = byte - UInt8(ascii: "0")
                switch place {
                case 0: numbers.0 = numbers.0 &* 10 &+ digit
                case 1: numbers.1 = numbers.1 &* 10 &+ digit
                default: numbers.2 = numbers.2 &* 10 &+ digit
                }
            } else {
                break
            }
        }
        (major, minor, patch) = numbers
        // Adafruit's build identifies itself: 2.0.0+adafruit.
        for byte in text where byte == UInt8(ascii: "+") { family = .adafruit }
    }

    /// Whether this is the given version or a newer one.
    public func isAtLeast(_ major: UInt8, _ minor: UInt8 = 0, _ patch: UInt8 = 0) -> Bool {
        let own = UInt32(self.major) << 16 | UInt32(self.minor) << 8 | UInt32(self.patch)
        return own >= UInt32(major) << 16 | UInt32(minor) << 8 | UInt32(patch)
    }

    /// Whether hardware addresses are sent first octet first, as in Adafruit's firmware since 3.0; otherwise last octet
    /// first.
    public var sendsFirstOctetFirst: Bool { family == .adafruit && isAtLeast(3) }

    /// Whether scans report the encryption with ESP-IDF's numbers, as in Adafruit's firmware since 3.0.
    var scansReportAuthModes: Bool { family == .adafruit && isAtLeast(3) }

    /// Whether an access point is not reported, but always the station, as in Adafruit's firmware since 3.0.
    var reportsNoAccessPoint: Bool { family == .adafruit && isAtLeast(3) }

    /// Whether the reply to WRITE_FILE is not a frame but as many bytes as were written.
    var answersWritesOddly: Bool { family == .adafruit || !isAtLeast(3) }

    /// Whether releases of this version lack a command.
    ///
    /// Source: the command tables of the firmware; see Protocol/dialects.md. Arduino's branches also report 2.0.0 and
    /// may have more commands: use this to explain an error frame, not to avoid sending a command.
    public func lacks(_ opcode: Opcode) -> Bool {
        let isArduino = family == .arduino
        return switch opcode {
        case .getDnsConfig: isArduino ? !isAtLeast(1, 6) : !isAtLeast(2)
        case .getReasonCode: isArduino ? !isAtLeast(1, 3) : !isAtLeast(2)
        case .setEnt: !isArduino || !isAtLeast(1, 3)
        case .getDigitalRead, .getAnalogRead: isArduino ? !isAtLeast(1, 4, 5) : !isAtLeast(1, 5)
        case .writeFile, .readFile, .deleteFile, .existsFile, .downloadFile, .renameFile:
            isArduino ? !isAtLeast(1, 4) : !isAtLeast(2)
        case .downloadOTA: isArduino ? !isAtLeast(1, 4, 1) : !isAtLeast(2) || isAtLeast(3)
        case .applyOTA: true
        case .bsdSocket, .bsdClose, .bsdErrno, .bsdBind, .bsdListen, .bsdAccept, .bsdConnect, .bsdSend, .bsdRecv,
            .bsdSendto, .bsdRecvfrom, .bsdIoctl, .bsdPoll, .bsdSetsockopt, .bsdGetsockopt, .bsdGetpeername:
            isArduino ? !isAtLeast(1, 5) : !isAtLeast(2)
        case .setCliCert, .setPK, .setEntIdent, .setEntUname, .setEntPasswd, .setEntEnable:
            isArduino || !isAtLeast(1, 4)
        case .stopServer, .bleBegin, .bleEnd, .bleAvailable, .blePeek, .bleRead, .bleWrite, .prefBegin, .prefEnd,
            .prefClear, .prefRemove, .prefLen, .prefStat, .prefPut, .prefGet, .prefGettype, .getFwVersionU32, .setTime,
            .brSetEcTa, .brErrorCode:
            !isArduino || !isAtLeast(3)
        case .setNet, .setPassphrase, .setKey, .setIpConfig, .setDnsConfig, .setHostname, .setPowerMode, .setApNet,
            .setApPassphrase, .setDebug, .getTemperature, .getConnStatus, .getIPAddr, .getMACAddr, .getCurrSSID,
            .getCurrBSSID, .getCurrRSSI, .getCurrEnct, .scanNetworks, .startServer, .getStateTCP, .dataSent, .availData,
            .getData, .startClient, .stopClient, .getClientState, .disconnect, .getIdxRSSI, .getIdxEnct, .reqHostByName,
            .getHostByName, .startScanNetworks, .getFwVersion, .sendUDP, .getRemoteData, .getTime, .getIdxBSSID,
            .getIdxChannel, .ping, .getSocket, .sendData, .getDatabuf, .insertDatabuf, .setPinMode, .setDigitalWrite,
            .setAnalogWrite:
            false
        }
    }

    /// Whether every firmware since 1.0 has the command.
    static func isUniversal(_ opcode: Opcode) -> Bool {
        !ModuleFirmware(major: 0, minor: 0, patch: 0).lacks(opcode)
    }
}

#if !hasFeature(Embedded)
extension ModuleFirmware: CustomStringConvertible {
    /// `Arduino 2.0.0`.
    public var description: String {
        (family == .arduino ? "Arduino" : "Adafruit") + " \(major).\(minor).\(patch)"
    }
}
#endif
