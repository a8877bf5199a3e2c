import WiFiNINA

/// Queries a server for the time by NTP.
struct WiFiUdpNtpClientSketch: Sketch {
    static let summary = "asks for the time (--host, --port, --every, --rounds)"
    /// Seconds from 1900, the NTP epoch, to 1970.
    private static let seventyYears: UInt32 = 2_208_988_800
    private static let packetSize = 48
    let board: Board
    private let udp: WiFiUDP

    init(board: Board) {
        self.board = board
        udp = WiFiUDP(board.wifi)
    }

    func setup() throws {
        try board.join()
        try board.printWiFiStatus()
        try udp.begin(2390)
    }

    func loop() throws {
        try sendRequest(to: options.host ?? "pool.ntp.org", port: options.port ?? 123)
        let deadline = wifi.now.advanced(by: .seconds(1))
        var size = 0
        while size == 0, board.isRunning, wifi.now < deadline {
            try wifi.waitForActivity(.milliseconds(100))
            size = try udp.parsePacket()
        }
        if size >= Self.packetSize { printTime(udp.read(size)) } else { Serial.println("no answer") }
        try board.nextRound(after: .seconds(10))
    }

    private func sendRequest(to host: String, port: UInt16) throws {
        var packet = [UInt8](repeating: 0, count: Self.packetSize)
        packet[0] = 0b11_100_011  // clock not synchronized, version 4, client
        try udp.beginPacket(.name(host), port: port)
        try udp.write(packet)
        try udp.endPacket()
    }

    private func printTime(_ packet: [UInt8]) {
        // The time at which the reply was sent, in seconds since 1900.
        let since1900 = packet[40..<44].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        Serial.println("Seconds since Jan 1 1900 = \(since1900)")
        // In 2036 the count wraps around, and so does this difference.
        let epoch = since1900 &- Self.seventyYears
        Serial.println("Unix time = \(epoch)")
        let clock = [epoch % 86_400 / 3600, epoch % 3600 / 60, epoch % 60]
        Serial.println("The UTC time is \(clock.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":"))")
    }
}
