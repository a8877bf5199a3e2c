import NINALink
import NINAWire

/// What a handler answers.
enum Answer<Reply> {
    /// The reply.
    case reply(Reply)
    /// The reply comes later; ``Context/pending`` says what the command waits for.
    case later
    /// No reply ever: the firmware hangs until it is reset.
    case stalls
    /// The error frame, and why.
    case refused(StaticString)
    /// The error frame although the command was carried out, and why.
    case errorFrame(StaticString)
    /// Bytes that are not a frame, where the firmware sends such.
    case noFrame([UInt8])
}

/// The reply that a command owes. There is at most one: the host waits for READY.
enum DeferredReply {
    /// No command waits.
    case none
    case pending(PendingCommand)
    /// The command that waited has been completed: the writer holds its reply.
    case ready
}

/// A command whose reply comes later.
struct PendingCommand {
    /// What completes a command.
    enum Wait {
        /// Only a reset ends it.
        case reset
        /// SCAN_NETWORKS: its time.
        case scan
        /// REQ_HOST_BY_NAME: a look-up.
        case hostByName(token: UInt32)
        /// PING: the echo.
        case ping(token: UInt32)
        /// START_CLIENT: a look-up of its host.
        case clientLookup(token: UInt32, slot: Int, port: UInt16)
        /// START_CLIENT: the connection.
        case connect(slot: Int)
        /// SEND_DATA: the frame before it has left the slot.
        case send(slot: Int)
        /// A BSD command, and the index of its socket.
        case bsd(BSDWait, socket: Int)
        /// DOWNLOAD_FILE, DOWNLOAD_OTA: the next bytes, or the storage.
        case download
        /// The same: the removal of a file that is not wanted.
        case discard(DownloadResult, isUpdate: Bool, token: UInt32)
        /// BLE_BEGIN: the controller.
        case bluetoothStart
        /// BLE_WRITE: the rest of the packet before it.
        case bluetoothSend
        /// A file command: the storage.
        case file(FileWait, token: UInt32)
        /// A preference command: the storage.
        case preferences(PreferenceWait, token: UInt32)
    }

    let wait: Wait
    /// When the wait ends at the latest; nil for a command that only a reset ends.
    let deadline: MonotonicInstant?
}
