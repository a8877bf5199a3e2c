import NINAWire

/// Reads the frames of an exchange by the layouts of its command and reply.
struct ExchangeReader: CommandVisitor {
    let out: ArraySlice<UInt8>
    let header: CommandHeader
    let reply: ArraySlice<UInt8>?
    let showsSecrets: Bool

    /// What is to be known of an exchange, besides what its fields say.
    struct Result {
        var fields: [DecodedField]?
        var replyFields: [DecodedField]?
        var error: FrameError?
        var replyError: FrameError?
        var slots: SlotEffect?
        /// How many bytes of the reply are missing.
        var missing = 0
    }

    mutating func visit<C: Command>(_ command: C.Type) -> Result {
        var result = Result()
        do throws(FrameError) {
            _ = try FrameReader.command(C.self, in: out)
        } catch {
            result.error = error
        }
        let message = try? PositionalReader.command(C.self, header: header, in: out, missingBytes: .readAsZero)
        let shownValues = result.error == nil || showsSecrets ? nil : SecretHider.shownValues(C.self, in: out)
        result.fields = message.map {
            FieldCollector.fields(of: $0, showsSecrets: showsSecrets, shownValues: shownValues)
        }
        guard let reply else { return result }
        result.missing = ReplyMeasure.missing(reply, of: C.opcode)
        do throws(FrameError) {
            let answer = try FrameReader.reply(to: C.self, in: reply)
            result.replyFields = FieldCollector.fields(of: answer, showsSecrets: showsSecrets)
            if let message { result.slots = SlotEffect(message, answer) }
        } catch {
            result.replyError = error
            if let message { result.slots = SlotEffect(message, nil) }
        }
        return result
    }
}

/// What a command has to do with the slots of WiFiNINA.
enum SlotEffect {
    /// It needs an open slot.
    case uses(UInt8)
    /// It has opened a slot.
    case opens(UInt8, SlotUse)
    /// It has closed a slot.
    case closes(UInt8)
    /// It has asked a server for a client, and got one.
    case accepts(server: UInt8, UInt8)

    /// - Parameter reply: nil when it cannot be read, or is the error frame.
    init?<C: Command>(_ command: C, _ reply: C.Reply?) {
        switch command {
        case let start as StartClient:
            guard (reply as? StartClient.Reply)?.isConnected == true else { return nil }
            self = .opens(start.socket.rawValue, start.type == .udp ? .datagrams : .client)
        case let start as StartServer:
            guard ((reply as? Acknowledgement)?.value ?? 0) != 0 else { return nil }
            self = .opens(start.socket.rawValue, start.type == .tcp ? .server : .datagrams)
        case let stop as StopClient: self = .closes(stop.socket.rawValue)
        case let stop as StopServer: self = .closes(stop.socket.rawValue)
        case let ask as GetClientState:
            guard (reply as? GetClientState.Reply)?.state == .closed else { return nil }
            self = .closes(ask.socket.rawValue)
        case let ask as AvailData:
            // On a client's slot the value is a number of bytes. To ask for it is no use of the slot: hosts ask before they
            // know that it is closed.
            guard let value = (reply as? AvailData.Reply)?.value, let slot = UInt8(exactly: value), slot != 255 else {
                return nil
            }
            self = .accepts(server: ask.socket.rawValue, slot)
        case let use as SendData: self = .uses(use.socket.rawValue)
        case let use as GetData: self = .uses(use.socket.rawValue)
        case let use as GetDatabuf: self = .uses(use.socket.rawValue)
        case let use as InsertDatabuf: self = .uses(use.socket.rawValue)
        case let use as SendUDP: self = .uses(use.socket.rawValue)
        case let use as GetRemoteData: self = .uses(use.socket.rawValue)
        default: return nil
        }
    }
}
