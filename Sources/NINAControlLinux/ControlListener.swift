import LinuxIO
import NINAControl

/// The control channel's socket.
final class ControlListener: ReactorHandler, ReactorTimerHandler {
    /// The most clients at the same time.
    static let clientLimit = 64
    /// Back-off after the process runs out of descriptors.
    private static let retryNanoseconds: UInt64 = 100_000_000

    private let desk: ControlDesk
    private let socket: FileDescriptor
    private var registration: Registration?
    private var clients: [UInt64: ControlClient] = [:]
    private var lastNumber: UInt64 = 0

    init(_ desk: ControlDesk, _ socket: consuming FileDescriptor) {
        self.desk = desk
        self.socket = socket
    }

    func start() throws(LinuxError) {
        registration = try desk.reactor.add(socket.rawValue, .readable, handler: self)
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        do throws(LinuxError) {
            while let descriptor = try UnixSocket.accept(socket.rawValue) { try welcome(descriptor) }
        } catch {
            guard let registration else { return }
            try? desk.reactor.modify(registration, interest: [])
            desk.reactor.schedule(at: MonotonicClock.deadline(after: Self.retryNanoseconds), handler: self)
        }
    }

    func timerFired(token: UInt64) {
        if let registration { try? desk.reactor.modify(registration, interest: .readable) }
    }

    private func welcome(_ descriptor: consuming FileDescriptor) throws(LinuxError) {
        guard isTrusted(descriptor.rawValue) else {
            return refuse(descriptor, "this user may not use the channel", .refused)
        }
        guard clients.count < Self.clientLimit else {
            return refuse(descriptor, "there are \(Self.clientLimit) clients already", .busy)
        }
        lastNumber += 1
        let number = lastNumber
        let client = ControlClient(desk, number, descriptor) { [unowned self] in clients[number] = nil }
        clients[number] = client
        try client.start()
    }

    /// With mode 0600 only this user and root; with a wider one whom the file lets in.
    private func isTrusted(_ descriptor: Int32) -> Bool {
        guard desk.mode == 0o600 else { return true }
        guard let user = try? UnixSocket.peerUser(descriptor) else { return false }
        return TrustedListener.own.includes(user)
    }

    private func refuse(_ descriptor: consuming FileDescriptor, _ why: String, _ kind: ControlFailure.Kind) {
        let failure = ControlFailure(kind, line: 0, FieldError("line", why))
        let line = ControlCoding.line(ControlReply<ReplyContent.Nothing>(nil, .failure(failure)))
        _ = line.withUnsafeBytes { UnixSocket.send(descriptor.rawValue, $0) }
    }
}
