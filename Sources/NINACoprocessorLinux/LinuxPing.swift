import LinuxIO
import NINACoprocessor
import NINAWire

/// An unanswered echo request.
final class PingRequest {
    let socket: ICMPSocket
    let address: IPv4Address
    let token: UInt32
    let sequence: UInt16
    let start: UInt64

    init(_ socket: consuming ICMPSocket, _ address: IPv4Address, token: UInt32, sequence: UInt16) {
        self.socket = socket
        self.address = address
        self.token = token
        self.sequence = sequence
        start = MonotonicClock.nanoseconds()
    }
}

extension LinuxNetwork {
    func ping(_ address: IPv4Address, timeToLive: UInt8, token: UInt32) {
        if environment.isSimulated(address) {
            // Nothing is sent to a simulated network: only its gateway replies.
            if environment.isSimulatedGateway(address) { reportLater(.echoed(token: token, milliseconds: 1)) }
            return
        }
        do throws(LinuxError) {
            let request = PingRequest(
                try ICMPSocket(timeToLive: timeToLive), address, token: token,
                sequence: environment.nextEchoSequence())
            if let errno = request.socket.sendRequest(to: address.rawValue, sequence: request.sequence) {
                log(.info, "an echo request to \(address) was not sent: \(errno)")
                reportLater(.echoed(token: token, milliseconds: nil))
                return
            }
            try insert(request)
        } catch {
            log(.warning, "no echo requests: \(error); see net.ipv4.ping_group_range, or run with CAP_NET_RAW")
            reportLater(.echoed(token: token, milliseconds: nil))
        }
    }

    func echoCame(_ socket: NetworkSocket, _ request: PingRequest) {
        guard request.socket.receiveAnswer(from: request.address.rawValue, sequence: request.sequence) else { return }
        _ = remove(socket)
        let milliseconds = Int(clamping: (MonotonicClock.nanoseconds() - request.start) / 1_000_000)
        observer?.networkEvent(.echoed(token: request.token, milliseconds: milliseconds))
    }

    /// Reports an event after the current call has returned; see the event contract of `Network`.
    private func reportLater(_ event: NetworkEvent) {
        reactor.mailbox.postWithReactor { [bound = ReactorBound(WeakNetwork(self), to: reactor)] reactor in
            guard let network = bound.value(on: reactor).network else { return }
            network.observer?.networkEvent(event)
        }
    }
}

private final class WeakNetwork {
    weak var network: LinuxNetwork?
    init(_ network: LinuxNetwork) { self.network = network }
}
