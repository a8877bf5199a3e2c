import LinuxIO

/// A Bluetooth controller on a Unix socket that answers each packet with the event of a successful reset.
package final class HCIControllerPeer {
    private let path: String
    private let listener: FileDescriptor

    /// - Parameter path: the path of its socket.
    package init(path: String) throws {
        self.path = path
        listener = try UnixSocket.listen(path: path)
        let number = listener.rawValue
        try DetachedThread.start(stackBytes: 1 << 18) {
            let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
            guard let ready = try? DescriptorWait.wait(number, for: .readable, deadline: deadline), !ready.isEmpty,
                let client = try? UnixSocket.accept(number), (try? BlockingMode.set(client.rawValue)) != nil
            else { return }
            var buffer = [UInt8](repeating: 0, count: 300)
            while case .received = buffer.withUnsafeMutableBytes({
                UnixSocket.receiveWaiting(client.rawValue, into: $0)
            }) {
                let event: [UInt8] = [4, 14, 4, 1, 3, 12, 0]
                _ = event.withUnsafeBytes { UnixSocket.sendWaiting(client.rawValue, $0) }
            }
        }
    }

    deinit { UnixSocket.removeSocketFile(path: path) }

    package var options: [String] { ["--hci", "unix:\(path)"] }
}
