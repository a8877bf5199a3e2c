import NINALink
import NINAWire

// Downloads: by the device's own connections, to a file that has no name until all of it is there and right.

extension Coprocessor {
    /// Where a program for the host is put.
    private static let updateName = StorageName("UPDATE.BIN".utf8)

    func downloadFile(_ command: DownloadFile) -> Answer<DownloadFile.Reply> {
        guard let name = StorageName(command.name) else {
            let name = String(decoding: command.name, as: UTF8.self).printable
            say(
                .warning,
                "DOWNLOAD_FILE: '\(name)' is no name: 1 to \(StorageName.longest) bytes without a slash, so without /fs/ too"
            )
            return fileDownloaded(.notOpened)
        }
        return startDownload(command.url, as: name, isUpdate: false) ? .later : fileDownloaded(.notOpened)
    }

    func downloadOTA(_ command: DownloadOTA) -> Answer<DownloadOTA.Reply> {
        guard let name = Self.updateName, startDownload(command.url, as: name, isUpdate: true) else {
            return .reply(ResultCode(DownloadResult.notOpened.rawValue))
        }
        return .later
    }

    private func fileDownloaded(_ result: DownloadResult) -> Answer<DownloadFile.Reply> {
        has(.downloadAnswersError)
            ? .errorFrame("the reply of this firmware is the error frame, whatever happened")
            : .reply(Acknowledgement(result == .stored))
    }

    /// Answers the command that has waited for the download.
    func finishDownload(_ result: DownloadResult, isUpdate: Bool) -> Bool {
        isUpdate
            ? complete(DownloadOTA.self, .reply(ResultCode(result.rawValue)))
            : complete(DownloadFile.self, fileDownloaded(result))
    }

    private func startDownload(_ url: ArraySlice<UInt8>, as name: StorageName, isUpdate: Bool) -> Bool {
        guard storage != nil else {
            say(.info, "nothing can be downloaded: the module has no storage")
            return false
        }
        guard let address = HTTPAddress(url.asCString) else {
            // It may hold a password: nothing of it is logged.
            say(
                .warning,
                "a download from what is no http or https URL: a user name, a fragment or bytes beyond ASCII are none")
            return false
        }
        guard !address.isSecure || !has(.downloadsKnowNoTLS) else {
            say(.info, "this firmware downloads by http only")
            return false
        }
        guard isOnline, table.hasSocketLeft else {
            say(.warning, isOnline ? "no socket is left for a download" : "download without a network: join one first")
            return false
        }
        download = Download(address, as: name, isUpdate: isUpdate, at: now)
        connectDownload()
        return true
    }

    /// Something has come about: the time for the next begins anew.
    func keepDownload() {
        guard let download else { return }
        // Nothing is idle about a file on its way to its name: only the whole time ends that.
        let idle = download.isCommitting ? download.end : now.advanced(by: Download.idleTime)
        pending = .download(until: min(idle, download.end))
    }

    private func connectDownload() {
        guard let host = download?.address.host[...] else { return }
        keepDownload()
        if let address = IPv4Address(dottedDecimal: host) {
            connectDownload(to: address)
        } else {
            let token = newToken()
            download?.lookup = token
            network.resolve(host, token: token)
        }
    }

    private func connectDownload(to address: IPv4Address) {
        guard let wanted = download?.address else { return }
        let endpoint = Endpoint(address: address, port: wanted.port)
        let security = TLSParameters(
            peer: TLSParameters.Peer(host: wanted.host[...], address: address), credential: certificates.credential)
        switch wanted.isSecure ? streams.connect(to: endpoint, security: security) : network.connect(to: endpoint) {
        case .success(let socket): download?.socket = socket
        case .failure(let failure): endDownload(.notOpened, "\(failure)")
        }
    }

    // MARK: Events

    /// Whether an event of the network was the download's.
    func downloadEvent(_ event: NetworkEvent) -> Bool {
        guard let download else { return false }
        switch event {
        case .resolved(download.lookup, let address):
            self.download?.lookup = nil
            if let address { connectDownload(to: address) } else { endDownload(.notOpened, "its host was not found") }
        case .connected(download.socket, let failure):
            if let failure {
                endDownload(.notOpened, "\(failure)")
            } else {
                self.download?.request = download.address.request[...]
                sendRequest()
            }
        case .writable(download.socket): sendRequest()
        case .readable(download.socket): readDownload()
        default: return false
        }
        return true
    }

    private func sendRequest() {
        guard let socket = download?.socket, let request = download?.request, !request.isEmpty else { return }
        guard let count = streams.send(socket, request) else { return endDownload(.notOpened, "the server hung up") }
        download?.request.removeFirst(count)
        if count < request.count { streams.notifyWhenWritable(socket) }
        keepDownload()
    }

    /// Reads what has come, as long as the storage keeps up.
    func readDownload() {
        let own = download?.socket
        var reads = 0
        // A redirect gives the download another connection, which tells of itself.
        while let socket = download?.socket, socket == own, let count = download?.chunk.count,
            count < Download.chunkLength, download?.hasEnded == false
        {
            reads += 1
            guard reads <= Download.readsInTurn else {
                // Others have their turn, and time-outs theirs; what is there is told again.
                streams.notifyWhenReadable(socket)
                return storeDownload()
            }
            switch streams.receive(socket, into: &transfer, limit: transfer.count, peek: false) {
            case .nothing: return storeDownload()
            case .reset: return endDownload(cutResult, "the connection broke")
            case .closed: endResponse()
            case .received(let count):
                keepDownload()
                readResponse(transfer[..<count])
            }
        }
        storeDownload()
    }

    /// What a download comes to that ends in the middle.
    var cutResult: DownloadResult {
        guard let download, download.response.hasHeader else { return .notOpened }
        return download.isCommitting ? .notRenamed : .wrongLength
    }

    private func endResponse() {
        do throws(HTTPFailure) {
            try download?.response.end()
        } catch {
            endDownload(cutResult, "\(error)")
        }
    }

    private func readResponse(_ bytes: ArraySlice<UInt8>) {
        guard var state = download else { return }
        // While it is read into, nobody else holds its buffers: they would be copied.
        download = nil
        var failure: HTTPFailure?
        do throws(HTTPFailure) {
            let response = state.response
            try state.response.read(bytes) { piece in
                guard response.status == 0 || !response.isRedirect else { return }
                if state.update == nil {
                    state.chunk += piece
                } else if let rest = state.update?.take(piece) {
                    state.chunk += rest
                }
            }
        } catch {
            failure = error
        }
        download = state
        if let failure { return endDownload(failure == .tooLarge ? .wrongLength : cutResult, "\(failure)") }
        guard state.response.hasHeader else { return }
        if state.response.isRedirect { return redirectDownload() }
        guard (200...299).contains(state.response.status) else {
            return endDownload(.notOpened, "the server answered \(state.response.status)")
        }
        if state.file == nil, state.step == nil { startStep(.creating, .createTemporary) }
    }

    private func redirectDownload() {
        guard let old = download, let socket = old.socket else { return }
        guard old.redirects < Download.redirectLimit else {
            return endDownload(.notOpened, "there are more than \(Download.redirectLimit) redirects")
        }
        guard let location = old.response.location, let address = old.address.redirected(to: location[...]) else {
            return endDownload(.notOpened, "a redirect leads nowhere")
        }
        guard address.isSecure || !old.address.isSecure else {
            return endDownload(.notOpened, "a redirect leads from https to http")
        }
        streams.abort(socket)
        download?.socket = nil
        download?.chunk = []
        if old.update != nil { download?.update = UpdateHeader() }
        download?.response = HTTPResponse(limit: old.response.limit)
        download?.address = address
        download?.redirects += 1
        connectDownload()
    }
}
