import LinuxIO
import NINALink
import NINAWire

/// Clients outside that send their bytes and receive others at the same time, each on a thread of its own.
package struct Exchanges {
    /// What each client sends.
    package let questions: [[UInt8]]
    /// What each is to be sent.
    package let answers: [[UInt8]]
    /// How much of its question each has sent so far.
    package let sent: [SharedCount]
    /// Their ports.
    package let ports: SharedResults<UInt16>
    /// What each has received until the end of the stream.
    package let received: SharedResults<StreamHash>

    /// Connects the clients to a server.
    /// - Parameter bytesEach: how many random bytes go each way.
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
                        // What comes now, before the end of the stream, is too much.
                        peer.endStream()
                        bytes += try peer.read()
                        return StreamHash(bytes)
                    })
            }
        }
    }
}
