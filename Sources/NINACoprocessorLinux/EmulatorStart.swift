import LinuxIO
import NINACoprocessor
import NINAWire

extension IPv4Address {
    /// Reports a foreign address now, not at the first server. The kernel lets sockets bind groups and broadcast addresses
    /// too.
    func checkIsOwn() throws(LinuxError) {
        let place = IPv4Endpoint(address: rawValue, port: 0)
        _ = try TCPSocket.listen(on: place, backlog: 1)
        let isGroup = rawValue >> 28 >= 0xE
        let isReserved = try NetworkInterfaces.ipv4Networks().contains { $0.reserves(rawValue) }
        guard !isGroup, !isReserved else {
            throw LinuxError("bind", .addressNotAvailable, "\(place)")
        }
    }
}

/// A device that is open and has no coprocessor yet.
final class OpenDevice {
    let path: String
    private var descriptor: FileDescriptor?

    init(_ path: String) throws(LinuxError) {
        self.path = path
        descriptor = try CharacterDevice.open(path: path)
    }

    /// The descriptor, once.
    func take() -> FileDescriptor? { descriptor.take() }
}

extension Emulator {
    /// Why an emulator has ended.
    public enum Ending: Equatable, Sendable {
        /// It was asked to, or its first host or its companion has gone.
        case done
        /// ``EmulatorOptions/timeLimit`` was over before a host had greeted.
        case noHostCame
        /// It was over, and a host was still there.
        case hostStayed
    }
}
