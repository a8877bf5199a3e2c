import NINALink
import NINAWire

/// What a handler says.
enum Answer<Reply> {
    /// The reply.
    case reply(Reply)
    /// The reply comes later; `pending` says what it waits for.
    case later
    /// No reply ever: the firmware hangs until it is reset.
    case stalls
    /// The error frame, and why.
    case refused(StaticString)
    /// Bytes that are no frame, where the firmware sends such.
    case noFrame([UInt8])
}

/// The command whose reply comes later. There is at most one: the host waits for READY.
enum PendingCommand {
    case none
    /// Nothing is answered until the next reset.
    case stalled
    /// SCAN_NETWORKS until this time.
    case scan(until: MonotonicInstant)
    /// REQ_HOST_BY_NAME: a look-up.
    case hostByName(token: UInt32, until: MonotonicInstant)
    /// START_CLIENT: a look-up of its host.
    case clientLookup(token: UInt32, slot: Int, port: UInt16, until: MonotonicInstant)
    /// START_CLIENT: the connection.
    case connect(slot: Int, until: MonotonicInstant)
    /// SEND_DATA: room in the slot.
    case send(slot: Int, until: MonotonicInstant)
    /// PING: the echo.
    case ping(token: UInt32, until: MonotonicInstant)
    /// A BSD command: what it waits for, and the place of its socket in the pool.
    case bsd(BSDWait, socket: Int, until: MonotonicInstant)
    /// DOWNLOAD_FILE, DOWNLOAD_OTA: what comes next of it.
    case download(until: MonotonicInstant)
    /// The same: the end of a file that is of no use.
    case downloadDiscarded(DownloadResult, isUpdate: Bool, token: UInt32, until: MonotonicInstant)
    /// BLE_BEGIN: the controller.
    case bluetoothStart(until: MonotonicInstant)
    /// BLE_WRITE: the rest of the packet before it.
    case bluetoothSend(until: MonotonicInstant)
    /// Files and preferences: the storage.
    case storage(StorageWait, token: UInt32, until: MonotonicInstant)
    /// The reply is known.
    case connected(Bool)
    case hostFound(Bool)
    case sent(Int)
    case echoed(Int?)
    case bluetoothStarted(Bool)
    case downloaded(DownloadResult, isUpdate: Bool)
    case stored(StorageWait, StorageResult)

    /// When the wait ends at the latest.
    var deadline: MonotonicInstant? {
        switch self {
        case .none, .stalled: nil
        case .scan(let until), .hostByName(_, let until), .clientLookup(_, _, _, let until), .connect(_, let until),
            .send(_, let until), .ping(_, let until), .bsd(_, _, let until),
            .storage(_, _, let until), .bluetoothStart(let until), .bluetoothSend(let until), .download(let until),
            .downloadDiscarded(_, _, _, let until):
            until
        case .connected, .hostFound, .sent, .echoed, .stored, .bluetoothStarted, .downloaded:
            MonotonicInstant(nanoseconds: 0)
        }
    }
}
