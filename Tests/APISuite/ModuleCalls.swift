import NINALink
import NINAWire
import WiFiNINA

// The module itself, its pins, and the library's own features.

extension APISuite {
    func moduleCalls() {
        call("WiFi.init(link:)") { try equal(wifi.commandCount, 0) }
        call("WiFi.firmwareVersion()", .getFwVersion) {
            try equal(wifi.firmwareVersion(), firmware.version.description)
        }
        call("WiFi.commandCount") { try equal(wifi.commandCount, 1) }
        call("WiFi.firmware()") {
            let found = try wifi.firmware()
            try equal("\(found.major).\(found.minor).\(found.patch)", firmware.version.description)
            try equal(found.family, firmware.family)
        }
        call("WiFi.firmwareVersionU32()", .getFwVersionU32) {
            let found = try wifi.firmware()
            let number = UInt32(found.major) << 16 | UInt32(found.minor) << 8 | UInt32(found.patch)
            try equal(wifi.firmwareVersionU32(), number)
        }
        call("WiFi.run(_:)", .getFwVersion) {
            let version = try wifi.run(GetFwVersion()).version
            try check(version.starts(with: bytes(firmware.version.description)), "\(version)")
        }
        call("WiFi.now") { try check(wifi.now > MonotonicInstant(nanoseconds: 0), "\(wifi.now)") }
        call("WiFi.delay(_:)") {
            let start = wifi.now
            try wifi.delay(.milliseconds(20))
            try check(wifi.now.nanoseconds(since: start) >= 20_000_000, "the delay was too short")
        }
        call("WiFi.readAheadLimit") {
            try equal(wifi.readAheadLimit, 65_536)
            wifi.readAheadLimit = 65_537
            try equal(wifi.readAheadLimit, 65_537)
        }
        call("WiFi.receiveSize") {
            let usual = wifi.receiveSize
            wifi.receiveSize = 512
            try equal(wifi.receiveSize, 512)
            wifi.receiveSize = usual
        }
        call("WiFi.commandTimeout") {
            try equal(wifi.commandTimeout, .seconds(10))
            wifi.commandTimeout = .seconds(9)
            try equal(wifi.commandTimeout, .seconds(9))
            wifi.commandTimeout = .seconds(10)
        }
        var fed = 0
        call("WiFi.watchdogFeeder") {
            wifi.watchdogFeeder = { fed += 1 }
            _ = try wifi.status()
            try check(fed > 0, "it was not called before a command")
        }
        call("WiFi.feedWatchdog()") {
            let before = fed
            wifi.feedWatchdog()
            try equal(fed, before + 1)
            wifi.watchdogFeeder = nil
        }
        call("WiFi.temperature()", .getTemperature) {
            try check((53...54).contains(wifi.temperature()), "\(try wifi.temperature()) degrees")
        }
        call("WiFi.debug(_:)", .setDebug) {
            try wifi.debug(true)
            try wifi.debug(false)
        }
        call("WiFi.applyOTA()", .applyOTA) { try wifi.applyOTA() }
        call("WiFi.setTime(_:)", .setTime) {
            try wifi.setTime(1_600_000_000)
            try check((1_600_000_000...1_600_000_060).contains(wifi.getTime() ?? 0), "the time was not set")
            try wifi.reset()
        }
    }

    func pinCalls() {
        call("WiFi.pinMode(_:_:)", .setPinMode) { try wifi.pinMode(25, .output) }
        call("WiFi.digitalWrite(_:_:)", .setDigitalWrite) { try wifi.digitalWrite(25, true) }
        call("WiFi.digitalRead(_:)", .getDigitalRead) {
            // Much firmware reads 0 from output pins.
            try equal(wifi.digitalRead(25), !has(.outputPinsReadZero))
            try wifi.digitalWrite(25, false)
            try equal(wifi.digitalRead(25), false)
            try wifi.pinMode(26, .inputPullUp)
            try equal(wifi.digitalRead(26), true)
            try wifi.pinMode(26, .input)
            try equal(wifi.digitalRead(26), false)
        }
        call("WiFi.analogWrite(_:_:)", .setAnalogWrite) { try wifi.analogWrite(25, 128) }
        call("WiFi.analogRead(_:)", .getAnalogRead) {
            try equal(wifi.analogRead(firmware.family == .arduino ? 6 : 38), 1060)
        }
    }

    func recoveryCalls() {
        call("WiFi.recoveryLimit") {
            try equal(wifi.recoveryLimit, .hardReset)
            wifi.recoveryLimit = .resynchronize
            try equal(wifi.recoveryLimit, .resynchronize)
        }
        call("WiFi.recoveryObserver") {
            var reports: [RecoveryReport] = []
            wifi.recoveryObserver = { reports.append($0) }
            // A scan takes longer than this.
            wifi.commandTimeout = .milliseconds(5)
            do {
                _ = try wifi.scanNetworks()
                throw CheckFailed(description: "a scan within 5 milliseconds")
            } catch let error as WiFiError {
                guard case .link(let fault, _) = error, fault.kind == .timedOut else { throw error }
            }
            wifi.commandTimeout = .seconds(10)
            try equal(wifi.firmwareVersion(), firmware.version.description)
            try equal(reports.map(\.step), [.resynchronize])
            try equal(reports.map(\.failure), [nil])
            wifi.recoveryObserver = nil
        }
        call("WiFi.recoveries") {
            try equal(wifi.recoveries.resynchronized, 1)
            try equal(wifi.recoveries.softReset, 0)
            try equal(wifi.recoveries.hardReset, 0)
        }
        call("WiFi.reset()") {
            try join()
            try wifi.reset()
            try check(wifi.status() != .connected, "a reset module is joined")
        }
        call("WiFi.end()") {
            wifi.end()
            do {
                _ = try wifi.status()
                throw CheckFailed(description: "the link still works")
            } catch let error as WiFiError {
                guard case .link(let fault, _) = error, fault.kind == .closed else { throw error }
            }
        }
    }
}
