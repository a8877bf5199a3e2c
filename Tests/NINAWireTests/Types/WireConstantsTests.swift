import NINAWire
import Testing

/// The constants of WiFiNINA's headers.
@Suite(.timeLimit(.minutes(10))) struct WireConstantsTests {
    @Test func connectionStatus() {
        let inOrder: [ConnectionStatus] = [
            .idle, .noSSIDAvailable, .scanCompleted, .connected, .connectFailed, .connectionLost, .disconnected,
            .apListening, .apConnected, .apFailed,
        ]
        #expect(inOrder.map(\.rawValue) == Array(0...9))
        #expect(ConnectionStatus.noModule.rawValue == 255)
    }

    @Test func encryptionType() {
        let types: [EncryptionType] = [.wpa, .wpa2, .wep, .open, .unknown]
        #expect(types.map(\.rawValue) == [2, 4, 5, 7, 255])
    }

    @Test func sockets() {
        let types: [SocketType] = [.tcp, .udp, .tls, .udpMulticast, .tlsBearSSL]
        #expect(types.map(\.rawValue) == [0, 1, 2, 3, 4])
        #expect(SocketNumber.unavailable.rawValue == 255)
        #expect(ClientState.closed.rawValue == 0)
        #expect(ClientState.established.rawValue == 4)
    }
}
