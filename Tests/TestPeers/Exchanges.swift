import LinuxIO
import NINALink
import NINAWire

/// External clients that send and receive bytes at the same time, each in its own thread.
package struct Exchanges {
    /// The bytes that each client sends.
    package let questions: [[UInt8]]
    /// The bytes that each client must receive.
    package let answers: [[UInt8]]
    /// How many bytes each client has sent so far.
    package let sent: [SharedCount]
    /// The clients' ports.
    package let ports: SharedResults<UInt16>
    /// The bytes that each client has received until the end of the stream.
    package let received: SharedResults<StreamHash>

    /// Connects the clients to a server.
    /// - Parameter bytesEach: the number of random bytes in each direction.
    package init(
        _ clients: Int, to address: IPv4Address, port: UInt16, bytesEach: Int, random: inout SplitMix64
    ) throws {
        questions = (0..<clients).map { _ in random.bytes(bytesEach) }
        answers = (0..<clients).map { _ in random.bytes(bytesEach) }
        sent = (0..<clients).map { _ in SharedCount() }
        let (ports, received) = (SharedResults<UInt16>(clients), SharedResults<StreamHash>(clients))
        (self.ports, self.received) = (ports, received)
        for (index, question) in questions.enumerated() {
            let source = SplitMix64(seed: random.next())
            let sent = sent[index]
            try DetachedThread.start(stackBytes: 1 << 20) {
                received.set(
                    index,
                    Result {
                        let peer = try TCPPeer(address, port: port)
                        ports.set(index, .success(peer.port))
                        var bytes = try peer.exchange(question, receiving: bytesEach, random: source, sent: sent)
                        // Any bytes from here to the end of the stream are too many.
                        peer.endStream()
                        bytes += try peer.read()
                        return StreamHash(bytes)
                    })
            }
        }
    }
}
