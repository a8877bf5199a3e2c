import NINALink
import NINAWire

/// The result of a handler.
enum Answer<Reply> {
    /// The reply.
    case reply(Reply)
    /// The reply follows later; ``Context/pending`` has what the command waits for.
    case later(Waiting)
    /// There is never a reply: the firmware hangs until it is reset.
    case stalls
    /// The error frame, and why.
    case refused(StaticString)
    /// The error frame although the command succeeded, and why.
    case errorFrame(StaticString)
    /// Bytes that are not a frame, for firmware that sends such.
    case noFrame([UInt8])
}

/// A reply that did not follow its command at once. There is at most one: the host waits for READY.
enum DeferredReply {
    /// No command is pending.
    case none
    case pending(PendingCommand)
    /// The pending command has completed: the writer holds its reply.
    case ready
}

/// A command whose reply follows later.
struct PendingCommand {
    /// The event that completes a command.
    enum Wait {
        /// Only a reset.
        case reset
        /// SCAN_NETWORKS: the end of the scan.
        case scan
        /// REQ_HOST_BY_NAME: the look-up.
        case hostByName(token: UInt32)
        /// PING: the echo reply.
        case ping(token: UInt32)
        /// START_CLIENT: the look-up of the host.
        case clientLookup(token: UInt32, slot: Int, port: UInt16)
        /// START_CLIENT: the connection.
        case connect(slot: Int)
        /// SEND_DATA: the slot's connection has room.
        case send(slot: Int)
        /// A BSD command, with the index of its socket.
        case bsd(BSDWait, socket: Int)
        /// DOWNLOAD_FILE, DOWNLOAD_OTA: more bytes, or the storage.
        case download
        /// The same: the removal of a file that is not needed.
        case discard(DownloadResult, isUpdate: Bool, token: UInt32)
        /// BLE_BEGIN: the controller.
        case bluetoothStart
        /// BLE_WRITE: the rest of the previous packet has been sent.
        case bluetoothSend
        /// A file command: the storage.
        case file(FileWait, token: UInt32)
        /// A preference command: the storage.
        case preferences(PreferenceWait, token: UInt32)
    }

    let wait: Wait
    /// The time-out of the wait; nil for a command that only a reset ends.
    let deadline: MonotonicInstant?
}
