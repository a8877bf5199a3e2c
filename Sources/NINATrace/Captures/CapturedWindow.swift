import NINAWire

/// A chip-select window that a logic analyzer has seen, with the bytes of both directions.
struct CapturedWindow {
    var mosi: [UInt8] = []
    var miso: [UInt8] = []

    /// Whether there is room for another byte.
    var isFull: Bool { max(mosi.count, miso.count) >= TraceRecord.longestWindow }

    /// The event that it is: a command, or a reply of which these bytes were clocked. Nil for a window without bytes.
    var event: TraceRecord.Event? {
        if mosi.first == Frame.start { return .windowOut(mosi[...]) }
        if !miso.isEmpty { return .windowIn(miso[...], .clocked) }
        return mosi.isEmpty ? nil : .windowOut(mosi[...])
    }

    static func error(_ place: TraceError.Place) -> TraceError {
        TraceError(
            place, "window",
            "more than \(TraceRecord.longestWindow) bytes without an end; does the capture have chip select?")
    }
}
