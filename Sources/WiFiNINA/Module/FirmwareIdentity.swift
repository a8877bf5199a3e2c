import NINAWire

/// What replies have shown of a module's firmware, until it may have changed.
struct FirmwareIdentity {
    /// The next step of identifying the firmware: at most three commands without side effects.
    enum Step: Equatable {
        /// Read the version with GET_FW_VERSION.
        case readVersion
        /// Find out whether GET_FW_VERSION_U32 is answered.
        case askVersionNumbers
        /// Find out whether GET_REASON_CODE is answered.
        case askReasonCode
        /// The firmware is identified.
        case identified(ModuleFirmware)
    }

    /// The reply to GET_FW_VERSION; nil until it was read.
    private var version: [UInt8]?
    /// Whether GET_FW_VERSION_U32 is answered; nil while that is unknown.
    private var answersVersionNumbers: Bool?
    /// The same for GET_REASON_CODE.
    private var answersReasonCode: Bool?

    /// What to do to identify the firmware. Both families have versions 1.3 to 1.9 and 3.x, in which only Arduino's
    /// answers the command that is asked.
    var step: Step {
        guard let version else { return .readVersion }
        var firmware = ModuleFirmware(text: version[...])
        if firmware.isAtLeast(3) {
            guard let answersVersionNumbers else { return .askVersionNumbers }
            if !answersVersionNumbers { firmware.family = .adafruit }
        } else if firmware.isAtLeast(1, 3), !firmware.isAtLeast(2) {
            guard let answersReasonCode else { return .askReasonCode }
            if !answersReasonCode { firmware.family = .adafruit }
        }
        return .identified(firmware)
    }

    /// Records a reply to GET_FW_VERSION. If it differs from the last one, everything else is forgotten: one of the
    /// replies may have been damaged.
    /// - Returns: whether it differs.
    mutating func record(version text: [UInt8]) -> Bool {
        guard text != version else { return false }
        self = FirmwareIdentity()
        version = text
        return true
    }

    /// Records whether GET_FW_VERSION_U32 was answered.
    mutating func record(answersVersionNumbers isAnswered: Bool) { answersVersionNumbers = isAnswered }

    /// Records whether GET_REASON_CODE was answered.
    mutating func record(answersReasonCode isAnswered: Bool) { answersReasonCode = isAnswered }
}

extension Driver {
    /// The module's firmware, queried when first needed and again after a reset.
    func findFirmware() throws(WiFiError) -> ModuleFirmware {
        while true {
            switch identity.step {
            case .identified(let firmware): return firmware
            case .readVersion: _ = try version()
            case .askVersionNumbers:
                let isAnswered = try isAnswered { () throws(WiFiError) in _ = try send(GetFwVersionU32()) }
                identity.record(answersVersionNumbers: isAnswered)
            case .askReasonCode:
                let isAnswered = try isAnswered { () throws(WiFiError) in _ = try send(GetReasonCode()) }
                identity.record(answersReasonCode: isAnswered)
            }
        }
    }

    /// GET_FW_VERSION. If the reply differs from the last one, the firmware is identified again.
    func version() throws(WiFiError) -> ArraySlice<UInt8> {
        let text = Array(try run(GetFwVersion()).version)
        if identity.record(version: text) { slots.forgetFirmware() }
        return text[...]
    }

    func forgetFirmware() {
        identity = FirmwareIdentity()
        slots.forgetFirmware()
    }

    private func isAnswered(_ question: () throws(WiFiError) -> Void) throws(WiFiError) -> Bool {
        do throws(WiFiError) {
            try question()
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }

    /// The meaning of an error frame: the firmware lacks the command, or rejects it.
    func meaningOfErrorFrame(_ opcode: Opcode) -> WiFiError {
        guard !ModuleFirmware.isUniversal(opcode) else { return .refused(opcode) }
        do throws(WiFiError) {
            return try findFirmware().lacks(opcode) ? .unsupported(opcode) : .refused(opcode)
        } catch {
            // Unknown; the next call reports the link's fault.
            return .refused(opcode)
        }
    }
}
