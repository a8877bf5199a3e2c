import NINACoprocessor
import NINALink
import NINAWire
import WiFiNINA
import WiFiNINATesting

/// A program as boards have it: it joins, holds a connection to a broker, sends a reading each second and waits for the answer. After
/// an error it begins with what is missing.
enum Sensor {
    static let ssid = "lab-net"
    static let passphrase = "correct-horse"
    /// More than a frame.
    static let reading = [UInt8](repeating: 0x2A, count: 3000)
    static let pause = Duration.seconds(1)
    /// The rounds after which it gives up: each takes at least a second.
    static let rounds = 600

    /// With the blocking library.
    static func run(_ wifi: WiFi, _ diary: inout Diary, while isRunning: () -> Bool) throws {
        var client = WiFiClient(wifi)
        wifi.timeout = .seconds(10)
        for _ in 0..<rounds {
            guard isRunning() || diary.successes < 3 else { return }
            let start = wifi.now
            do throws(WiFiError) {
                if try wifi.status() != .connected { try wifi.begin(ssid, passphrase: passphrase) }
                if try !client.connected() { try client.connect(.name("broker.example"), port: BrokerLink.port) }
                try client.writeAll(reading, timeout: .seconds(10))
                guard try client.waitForBytes(.seconds(10)) > 0 else { throw .timedOut(.read) }
                _ = try client.read(100)
                diary.succeeded(knowingTime: try wifi.getTime())
            } catch {
                diary.failed(error)
                try? client.stop()
            }
            diary.took(wifi.now.nanoseconds(since: start))
            try wifi.delay(pause)
        }
    }

    /// With tasks.
    static func run(_ loopback: LoopbackModule, _ diary: inout Diary) async throws {
        let module = loopback.module
        await module.perform { wifi in wifi.timeout = .seconds(10) }
        var client: WiFiModule.Client?
        for _ in 0..<rounds {
            guard await loopback.scenarioOutcome.map({ $0 == .running }) ?? true || diary.successes < 3 else { return }
            let start = await module.perform { wifi in wifi.now }
            do throws(WiFiError) {
                if try await module.status() != .connected { try await module.begin(ssid, passphrase: passphrase) }
                let open: WiFiModule.Client
                if let client {
                    open = client
                } else {
                    open = try await module.connect(to: .name("broker.example"), port: BrokerLink.port)
                    client = open
                }
                try await open.writeAll(reading, timeout: .seconds(10))
                guard try await !open.read(100, timeout: .seconds(10)).isEmpty else {
                    throw .connectionEnded(available: 0)
                }
                let time = try await module.perform { wifi throws(WiFiError) in try wifi.getTime() }
                diary.succeeded(knowingTime: time)
            } catch {
                diary.failed(error)
                await client?.close()
                client = nil
            }
            diary.took(await module.perform { wifi in wifi.now }.nanoseconds(since: start))
            try await module.perform { wifi throws(WiFiError) in try wifi.delay(pause) }
        }
    }
}
