import NINALink

/// How long things take on a board with a NINA module, as far as it is known.
///
/// | what | time | source |
/// |---|---|---|
/// | SPI clock | 8 MHz | `SPISettings` of WiFiNINA's `spi_drv.cpp` |
/// | a short command | 0.66 ms, of which its windows take 0.02 ms | measured on a Nano 33 IoT. For an MKR WiFi 1010 users report 0.30 ms for `available()` (WiFiNINA, issue 80) |
/// | start | 750 ms | what `SpiDrv::begin` of WiFiNINA waits: an upper bound |
/// | scan | 2.6 s | 13 channels with 100 to 300 ms each, the limits that nina-fw sets (`WiFi.cpp`, `scanNetworks`): their middle |
/// | join | 3 s | an estimate: a scan up to the network's channel, the handshake, DHCP |
/// | loss of a network | 6 s | ESP-IDF, `esp_wifi_set_inactive_time` |
///
/// Every command takes the same time, apart from its bytes on the bus and from what it waits for: nobody has published more. Slow commands
/// of the chip, such as writes to its flash and TLS handshakes, take only as long as here.
public struct BoardTiming: Equatable, Sendable {
    /// The link.
    public var link: LinkTiming
    /// A join.
    public var join: Duration
    /// A scan.
    public var scan: Duration
    /// From the last beacon until the network counts as lost.
    public var beaconTimeout: Duration

    /// A Nano 33 IoT.
    public static let nano33IoT = BoardTiming(
        link: LinkTiming(clock: 8_000_000, command: .microseconds(640), boot: .milliseconds(750)), join: .seconds(3),
        scan: .milliseconds(2600), beaconTimeout: .seconds(6))
}

extension Configuration {
    /// Takes the times of a board.
    public mutating func use(_ board: BoardTiming) {
        timing = board.link
        wifiDelay = board.join
        scanDelay = board.scan
        beaconTimeout = board.beaconTimeout
    }
}
