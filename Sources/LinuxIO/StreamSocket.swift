import CLinux
import LinuxLibc

/// The result of a send.
public enum SendResult: Equatable, Sendable {
    /// This many bytes were taken, possibly fewer than given.
    case sent(Int)
    /// The buffer is full (or, for a blocking call, stayed full until the socket's send timeout).
    case wouldBlock
    /// The connection can no longer send.
    case failed(Errno)
}

/// The result of a receive.
public enum ReceiveResult: Equatable, Sendable {
    /// This many bytes were received.
    case received(Int)
    /// The peer has closed its direction and all it sent has been received.
    case endOfFile
    /// No bytes are available now (or, for a blocking call, none arrived before the socket's receive timeout).
    case wouldBlock
    /// The connection failed, for example because of a reset.
    case failed(Errno)
}

/// The common calls of TCP and Unix stream sockets. None of them raises SIGPIPE.
public protocol StreamSocket {}

extension StreamSocket {
    /// Sends without waiting, even on a blocking socket.
    public static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> SendResult {
        send(descriptor, bytes, flags: clinux_msg_nosignal | clinux_msg_dontwait)
    }

    /// Receives without waiting, even on a blocking socket.
    ///
    /// - Parameters:
    ///   - descriptor: a connected socket.
    ///   - buffer: the destination; not empty, since a count of 0 means the end of the stream.
    ///   - peek: whether to leave the bytes in the socket.
    public static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, peek: Bool = false
    ) -> ReceiveResult {
        receive(descriptor, buffer, flags: clinux_msg_dontwait | (peek ? clinux_msg_peek : 0))
    }

    /// Sends on a blocking socket, waiting for room until its send timeout.
    public static func sendWaiting(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> SendResult {
        send(descriptor, bytes, flags: clinux_msg_nosignal)
    }

    /// Receives on a blocking socket, waiting for bytes until its receive timeout.
    public static func receiveWaiting(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) -> ReceiveResult {
        receive(descriptor, buffer, flags: 0)
    }

    /// The number of bytes that can be received now (FIONREAD); 0 for a descriptor without that call.
    public static func readableBytes(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return clinux_readable_bytes(descriptor, &count) == 0 ? Int(count) : 0
    }

    /// The number of bytes sent but not acknowledged (TCP) or not received (Unix) yet, from SIOCOUTQ; for Unix sockets
    /// it includes the kernel's own overhead. 0 for a descriptor without that call.
    public static func unsentBytes(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return clinux_unsent_bytes(descriptor, &count) == 0 ? Int(count) : 0
    }

    /// The number of bytes that have not been transmitted, because the peer's window has no room (TCP), from SIOCOUTQNSD. 0 for
    /// a descriptor without that call.
    public static func untransmittedBytes(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return clinux_untransmitted_bytes(descriptor, &count) == 0 ? Int(count) : 0
    }

    /// Ends the sending direction: the peer reads the end of the stream after the bytes already sent.
    ///
    /// - Returns: nil, or ENOTCONN when the connection is gone.
    @discardableResult
    public static func shutdownWrite(_ descriptor: Int32) -> Errno? {
        LinuxLibc.shutdown(descriptor, Int32(SHUT_WR)) == 0 ? nil : Errno.current
    }

    /// Ends both directions: calls that wait on the socket, in any thread, end as if the peer had gone.
    public static func shutdown(_ descriptor: Int32) { _ = LinuxLibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Limits how long `receiveWaiting` waits (SO_RCVTIMEO).
    ///
    /// - Parameters:
    ///   - descriptor: a blocking socket.
    ///   - nanoseconds: rounded up to microseconds, and by the kernel to its ticks; nil for no limit.
    public static func setReceiveTimeout(_ descriptor: Int32, _ nanoseconds: UInt64?) throws(LinuxError) {
        let (seconds, microseconds) = timeout(nanoseconds)
        guard clinux_receive_timeout(descriptor, seconds, microseconds) == 0 else {
            throw .current("setsockopt", "SO_RCVTIMEO of descriptor \(descriptor)")
        }
    }

    /// Limits how long `sendWaiting` and a Unix `connect` wait (SO_SNDTIMEO); see `setReceiveTimeout`.
    public static func setSendTimeout(_ descriptor: Int32, _ nanoseconds: UInt64?) throws(LinuxError) {
        let (seconds, microseconds) = timeout(nanoseconds)
        guard clinux_send_timeout(descriptor, seconds, microseconds) == 0 else {
            throw .current("setsockopt", "SO_SNDTIMEO of descriptor \(descriptor)")
        }
    }

    /// Whether a listening socket has a connection to accept, without taking it.
    public static func hasPendingConnection(_ listener: Int32) -> Bool {
        DescriptorWait.isReadable(listener)
    }

    private static func timeout(_ nanoseconds: UInt64?) -> (seconds: Int64, microseconds: Int64) {
        guard let nanoseconds else { return (0, 0) }
        // The kernel takes zero as no limit.
        let microseconds = max(nanoseconds / 1000 + (nanoseconds % 1000 == 0 ? 0 : 1), 1)
        return (Int64(microseconds / 1_000_000), Int64(microseconds % 1_000_000))
    }

    @inline(__always)
    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, flags: Int32) -> SendResult {
        sendResult { LinuxLibc.send(descriptor, bytes.baseAddress, bytes.count, flags) }
    }

    @inline(__always)
    private static func sendResult(_ call: () -> Int) -> SendResult {
        let count = retrying(call)
        if count >= 0 { return .sent(count) }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }

    @inline(__always)
    private static func receive(
        _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, flags: Int32
    ) -> ReceiveResult {
        let count = retrying { LinuxLibc.recv(descriptor, buffer.baseAddress, buffer.count, flags) }
        if count > 0 { return .received(count) }
        if count == 0 { return .endOfFile }
        let errno = Errno.current
        return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    }
}
