import LinuxIO
import NINATransport
import NINAWire
import WiFiNINA

/// Commands in sequence: none is lost, and the kernel reports every edge of READY.
func commandsTest(_ wires: Wires) throws {
    let session = try Session(wires)
    let wifi = session.wifi
    // The first command of this kind also queries the firmware version.
    _ = try wifi.macAddress()
    let count = isLong ? 100_000 : 3000
    let (windows, before) = (session.link.windows, try Wires.counter("windows"))
    let start = MonotonicClock.nanoseconds()
    var times: [UInt64] = []
    times.reserveCapacity(count)
    var last = start
    for number in 0..<count {
        defer {
            let now = MonotonicClock.nanoseconds()
            times.append(now - last)
            last = now
        }
        if number % 2 == 0 {
            guard try wifi.status() == .connected else { return expect(false, "unexpected status") }
        } else {
            let address = try wifi.macAddress().description.uppercased()
            guard address.hasPrefix("24:0A:C4") else { return expect(false, "unexpected address: \(address)") }
        }
    }
    times.sort()
    let nanoseconds = MonotonicClock.nanoseconds() - start
    expect(session.link.windows - windows == 2 * count, "\(session.link.windows - windows) windows")
    expect(try Wires.counter("windows") - before == 2 * count, "the coprocessor counted other windows")
    tell(
        "\(count) commands over spi: \(session.bus.lostEdges) lost edges, \(UInt64(count) * 1_000_000_000 / nanoseconds) commands/s, half of them within \(times[count / 2] / 1000) us, 99 of 100 within \(times[count * 99 / 100] / 1000) us"
    )
    try session.expectGoodWires()
}
