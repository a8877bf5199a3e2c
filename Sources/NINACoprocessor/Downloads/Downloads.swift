import NINALink
import NINAWire

/// Downloads over the device's own connections, into a file that has no name until it is complete and correct. At most
/// one is in progress: the host waits for it.
struct Downloads {
    /// The file name of a program for the host, which its bootloader looks for.
    private static let updateName = StorageName("UPDATE.BIN.LZSS".utf8)

    var current: Download?
    /// Operations of the storage that create files for downloads that have ended in the meantime.
    var orphanedFiles: [UInt32] = []

    // MARK: Commands

    /// - Parameters:
    ///   - obstacle: why a connection is not possible now; nil when it is.
    ///   - credential: the client certificate, for a server that requests one.
    mutating func downloadFile(
        _ command: DownloadFile, obstacle: StaticString?, _ credential: TLSCredential?, _ context: inout Context
    ) -> Answer<DownloadFile.Reply> {
        guard context.fits(command.url.asCString, 64), context.fits(command.name.asCString, 60) else {
            return .refused("this firmware has room for a URL of 64 bytes and a name of 60")
        }
        guard let name = StorageName(command.name) else {
            let name = command.name.printable
            context.log(
                .warning,
                "DOWNLOAD_FILE: '\(name)' is not a name: 1 to \(StorageName.longest) bytes without a slash, so without /fs/"
            )
            return fileReply(.notOpened, context)
        }
        guard let waiting = start(command.url, as: name, isUpdate: false, obstacle, credential, &context) else {
            return fileReply(.notOpened, context)
        }
        return .later(waiting)
    }

    /// The parameters are the same as in ``downloadFile(_:obstacle:_:_:)``.
    mutating func downloadOTA(
        _ command: DownloadOTA, obstacle: StaticString?, _ credential: TLSCredential?, _ context: inout Context
    ) -> Answer<DownloadOTA.Reply> {
        guard context.fits(command.url.asCString, 128) else {
            return .refused("this firmware has room for a URL of 128 bytes")
        }
        guard let name = Self.updateName,
            let waiting = start(command.url, as: name, isUpdate: true, obstacle, credential, &context)
        else { return .reply(ResultCode(DownloadResult.notOpened.rawValue)) }
        return .later(waiting)
    }

    private func fileReply(_ result: DownloadResult, _ context: Context) -> Answer<DownloadFile.Reply> {
        context.has(.downloadAnswersError)
            ? .errorFrame("the reply of this firmware is the error frame, in any case")
            : .reply(Acknowledgement(result == .stored))
    }

    /// Answers the command that waits for the download.
    func answer(_ result: DownloadResult, isUpdate: Bool, _ context: inout Context) {
        if isUpdate {
            context.complete(DownloadOTA.self, with: ResultCode(result.rawValue))
        } else {
            context.complete(DownloadFile.self, fileReply(result, context))
        }
    }

    /// - Returns: nil when the download cannot start. If it starts and fails at once, the command has been answered.
    private mutating func start(
        _ url: ArraySlice<UInt8>, as name: StorageName, isUpdate: Bool, _ obstacle: StaticString?,
        _ credential: TLSCredential?, _ context: inout Context
    ) -> Waiting? {
        guard context.storage != nil else {
            context.log(.info, "downloads are not possible: the module has no storage")
            return nil
        }
        let address = HTTPAddress(context.text(url, "the URL"))
        let canStart = mayStart(address, obstacle, context)
        let takesWhatComes = context.has(.downloadsTakeWhatComes)
        guard canStart || takesWhatComes else { return nil }
        current = Download(
            address, as: name, isUpdate: isUpdate, credential: credential, takesWhatComes: takesWhatComes,
            at: context.now)
        let waiting = restartIdleTimeout(&context)
        // Firmware opens the file before it connects, so that it is empty whatever comes then.
        if takesWhatComes { start(.creating, .createTemporary, &context) }
        if canStart {
            connect(&context)
        } else {
            cut(nil, &context)
        }
        return waiting
    }

    /// Whether the download can start; otherwise the log says why.
    private func mayStart(_ address: HTTPAddress?, _ obstacle: StaticString?, _ context: Context) -> Bool {
        guard let address else {
            // The URL may contain a password, so it is not logged.
            context.log(
                .warning,
                "a download from an unsupported URL: only http and https, no user name, fragment or non-ASCII bytes")
            return false
        }
        guard !address.isSecure || !context.has(.downloadsKnowNoTLS) else {
            context.log(.info, "this firmware supports only http downloads")
            return false
        }
        guard let obstacle else { return true }
        context.log(.warning, "a download cannot begin: \(obstacle)")
        return false
    }

    /// Restarts the idle timeout after progress.
    @discardableResult
    mutating func restartIdleTimeout(_ context: inout Context) -> Waiting? {
        guard let current else { return nil }
        if current.isCut {
            return context.keepWaiting(.download, until: context.now.advanced(by: Context.storageTime))
        }
        // A commit is never idle: only the time limit of the download ends it.
        let idle = current.isCommitting ? current.end : context.now.advanced(by: Download.idleTimeout)
        return context.keepWaiting(.download, until: min(idle, current.end))
    }

    private mutating func connect(_ context: inout Context) {
        guard let host = current?.address?.host[...] else { return }
        restartIdleTimeout(&context)
        if let address = IPv4Address(dottedDecimal: host) {
            connect(to: address, &context)
        } else {
            current?.lookup = context.resolve(host)
        }
    }

    private mutating func connect(to address: IPv4Address, _ context: inout Context) {
        guard let download = current, let wanted = download.address else { return }
        let endpoint = Endpoint(address: address, port: wanted.port)
        let security = TLSParameters(
            peer: TLSParameters.Peer(host: wanted.host[...], address: address), credential: download.credential)
        let result =
            wanted.isSecure
            ? context.connect(to: endpoint, security: security) : context.streams.connect(to: endpoint)
        switch result {
        case .success(let socket): current?.socket = socket
        case .failure(let failure): fail(.notOpened, "\(failure)", &context)
        }
    }

    // MARK: Events

    /// Whether an event of the network belonged to the download.
    mutating func networkEvent(_ event: NetworkEvent, _ context: inout Context) -> Bool {
        guard let download = current else { return false }
        switch event {
        case .resolved(download.lookup, let address):
            current?.lookup = nil
            if let address {
                connect(to: address, &context)
            } else {
                fail(.notOpened, "its host was not found", &context)
            }
        case .connected(download.socket, let failure):
            if let failure {
                fail(.notOpened, "\(failure)", &context)
            } else {
                current?.request = download.address?.request[...] ?? []
                sendRequest(&context)
            }
        case .writable(download.socket): sendRequest(&context)
        case .readable(download.socket): read(&context)
        default: return false
        }
        return true
    }

    private mutating func sendRequest(_ context: inout Context) {
        guard let socket = current?.socket, let request = current?.request, !request.isEmpty else { return }
        guard let count = context.streams.send(socket, request) else {
            return fail(.notOpened, "the server closed the connection", &context)
        }
        current?.request.removeFirst(count)
        if count < request.count { context.streams.notifyWhenWritable(socket) }
        restartIdleTimeout(&context)
    }

    /// The download has timed out.
    mutating func timedOut(_ context: inout Context) {
        if current?.isCut == true { return end(cutResult, "the storage did not respond in time", &context) }
        fail(cutResult, "nothing came in time", &context)
    }

    /// The result of a download that ends early.
    var cutResult: DownloadResult {
        guard let current, current.response.hasHeader else { return .notOpened }
        return current.isCommitting ? .notRenamed : .wrongLength
    }

    // MARK: The response

    /// Reads received bytes as long as the storage keeps up.
    mutating func read(_ context: inout Context) {
        let own = current?.socket
        var reads = 0
        // A redirect changes the connection, which then has its own events.
        while let socket = current?.socket, socket == own, let count = current?.chunk.count,
            count < Download.chunkLength, current?.hasEnded == false
        {
            reads += 1
            guard reads <= Download.readsInQuantum else {
                // Serve other connections and time-outs first; remaining bytes are reported again.
                context.streams.notifyWhenReadable(socket)
                return store(&context)
            }
            let limit = context.scratch.count
            switch context.streams.receive(socket, into: &context.scratch, limit: limit, peek: false) {
            case .nothing: return store(&context)
            case .reset: return fail(cutResult, "the connection broke", &context)
            case .closed: endResponse(&context)
            case .received(let count):
                restartIdleTimeout(&context)
                read(context.scratch[..<count], &context)
            }
        }
        store(&context)
    }

    private mutating func endResponse(_ context: inout Context) {
        do throws(HTTPFailure) {
            try current?.response.end()
        } catch {
            fail(cutResult, "\(error)", &context)
        }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, _ context: inout Context) {
        guard var state = current else { return }
        // The download is moved out while its buffers change: a second reference would make each change a copy.
        current = nil
        var failure: HTTPFailure?
        do throws(HTTPFailure) {
            let response = state.response
            try state.response.read(bytes) { piece in
                guard response.status == 0 || !response.isRedirect || state.takesWhatComes else { return }
                state.chunk += piece
                state.update?.take(piece)
            }
        } catch {
            failure = error
        }
        current = state
        if let failure { return fail(failure == .tooLarge ? .wrongLength : cutResult, "\(failure)", &context) }
        guard state.response.hasHeader else { return }
        if state.takesWhatComes { return checkLength(&context) }
        if state.response.isRedirect { return redirect(&context) }
        guard state.response.isWholeFile else {
            return end(.notOpened, "the server answered \(state.response.status)", &context)
        }
        if state.file == nil, state.step == nil { start(.creating, .createTemporary, &context) }
    }

    private mutating func redirect(_ context: inout Context) {
        guard let old = current, let socket = old.socket, let before = old.address else { return }
        guard old.redirects < Download.redirectLimit else {
            return end(.notOpened, "there are more than \(Download.redirectLimit) redirects", &context)
        }
        guard let location = old.response.location, let address = before.redirected(to: location[...]) else {
            return end(.notOpened, "a redirect has no supported address", &context)
        }
        guard address.isSecure || !before.isSecure else {
            return end(.notOpened, "a redirect goes from https to http", &context)
        }
        context.streams.abort(socket)
        current?.socket = nil
        current?.chunk = []
        if old.update != nil { current?.update = UpdateHeader() }
        current?.response = HTTPResponse(limit: old.response.limit)
        current?.address = address
        current?.redirects += 1
        connect(&context)
    }
}
