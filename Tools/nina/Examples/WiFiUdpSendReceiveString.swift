import WiFiNINA

/// Prints each received datagram and acknowledges it.
struct WiFiUdpSendReceiveStringSketch: Sketch {
    static let summary = "acknowledges each datagram that comes (--port)"
    let board: Board
    private let udp: WiFiUDP

    init(board: Board) {
        self.board = board
        udp = WiFiUDP(board.wifi)
    }

    func setup() throws {
        try board.join()
        try board.printWiFiStatus()
        let port = options.port ?? 2390
        try udp.begin(port)
        Serial.println("Waiting for datagrams on port \(port)")
    }

    func loop() throws {
        let size = try udp.parsePacket()
        guard size > 0 else {
            try wifi.waitForActivity(.milliseconds(100))
            return
        }
        Serial.println("Received packet of size \(size)")
        Serial.println("From \(udp.remoteIP()), port \(udp.remotePort())")
        Serial.println("Contents: \(String(decoding: udp.read(255), as: UTF8.self))")
        try udp.beginPacket(.address(udp.remoteIP()), port: udp.remotePort())
        try udp.print("acknowledged")
        try udp.endPacket()
        board.countRound()
    }
}
