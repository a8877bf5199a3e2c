import NINALink

// Downloads of firmware that stores whatever comes, whatever becomes of the connection. Protocol/dialects.md,
// DOWNLOAD_FILE.

extension Downloads {
    /// The intermediate name of a program for the host.
    private static let intermediateName = StorageName("UPDATE.BIN.LZSS.TMP".utf8)

    /// The connection or the response has failed.
    mutating func fail(_ result: DownloadResult, _ why: String, _ context: inout Context) {
        guard current?.takesWhatComes == true else { return end(result, why, &context) }
        cut(why, &context)
    }

    /// Receives nothing more, and stores what has come.
    mutating func cut(_ why: String?, _ context: inout Context) {
        guard let state = current, !state.isCut else { return }
        if let why { context.log(.warning, "download of '\(state.source.printable)' ends: \(why)") }
        if let socket = state.socket { context.streams.abort(socket) }
        current?.socket = nil
        current?.lookup = nil
        current?.isCut = true
        restartIdleTimeout(&context)
        store(&context)
    }

    /// The header is complete: without a Content-Length the firmware reads nothing more.
    mutating func checkLength(_ context: inout Context) {
        guard let response = current?.response, response.isChunked || response.contentLength == nil else { return }
        current?.chunk = []
        if current?.update != nil { current?.update = UpdateHeader() }
        cut("the response has no Content-Length", &context)
    }

    /// The file that the firmware renames at the end, or removes.
    func removeIntermediateFile(_ context: inout Context) {
        guard let name = Self.intermediateName else { return }
        _ = context.start(.remove(name))
    }
}
