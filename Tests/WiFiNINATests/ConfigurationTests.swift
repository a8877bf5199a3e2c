import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct ConfigurationTests {
    @Test func setsAddresses() throws {
        let host = try Host(joined: false)
        let wifi = host.wifi
        try wifi.config(IPv4Address(192, 168, 4, 20))
        try wifi.begin("open-net")
        #expect(try wifi.localIP() == IPv4Address(192, 168, 4, 20))
        #expect(try wifi.gatewayIP() == IPv4Address(192, 168, 4, 1))
        #expect(try wifi.subnetMask() == IPv4Address(255, 255, 255, 0))
        #expect(try wifi.dnsIP() == IPv4Address(192, 168, 4, 1))
        try wifi.config(
            IPv4Address(10, 0, 0, 7), dns: IPv4Address(10, 0, 0, 53), gateway: IPv4Address(10, 0, 0, 254),
            subnet: IPv4Address(255, 0, 0, 0))
        #expect(try wifi.localIP() == IPv4Address(10, 0, 0, 7))
        #expect(try wifi.gatewayIP() == IPv4Address(10, 0, 0, 254))
        #expect(try wifi.subnetMask() == IPv4Address(255, 0, 0, 0))
        #expect(try wifi.dnsIP() == IPv4Address(10, 0, 0, 53))
        try wifi.config(.any)
        #expect(try wifi.localIP() == IPv4Address(127, 1, 0, 1))
    }

    @Test func setsNameServers() throws {
        let wifi = try Host().wifi
        try wifi.setDNS(IPv4Address(10, 1, 2, 3))
        #expect(try wifi.dnsIP(0) == IPv4Address(10, 1, 2, 3))
        #expect(try wifi.dnsIP(1) == .any)
        try wifi.setDNS(.any, IPv4Address(10, 1, 2, 4))
        #expect(try wifi.dnsIP() == IPv4Address(10, 1, 2, 3))
        #expect(try wifi.dnsIP(1) == IPv4Address(10, 1, 2, 4))
        for index in [-1, 2, Int.max, Int.min] { #expect(try wifi.dnsIP(index) == .any) }
    }

    @Test func takesNamesAndPower() throws {
        let wifi = try Host().wifi
        try wifi.setHostname("box")
        #expect(throws: WiFiError.self) { try wifi.setHostname(String(repeating: "x", count: 256)) }
        try wifi.lowPowerMode()
        try wifi.noLowPowerMode()
        try wifi.debug(true)
    }

    @Test func tellsAndSetsTheTime() throws {
        let host = try Host(joined: false) { $0.wallClock = WallClock { 1_700_000_000 } }
        #expect(try host.wifi.getTime() == nil)
        try host.wifi.begin("open-net")
        #expect(try host.wifi.getTime() == 1_700_000_000)
        try host.wifi.setTime(1_800_000_000)
        try host.wifi.delay(.seconds(2))
        #expect(try host.wifi.getTime() == 1_800_000_002)
        let adafruit = try Host {
            $0.firmware = .adafruit330
            $0.wallClock = WallClock { 5_000_000_000 }
        }
        #expect(try adafruit.wifi.getTime() == 5_000_000_000)
        #expect(throws: WiFiError.unsupported(.setTime)) { try adafruit.wifi.setTime(1) }
        let link = ScriptedLink()
        link.replies = [.success([0xE0, 0xDF, 0x01, 0x01, 0xFF, 0xEE])]
        #expect(throws: WiFiError.failed(.setTime, code: 255)) { try WiFi(link: link).setTime(1) }
    }

    @Test func pings() throws {
        let host = try Host()
        host.network.echoTimes[Host.address] = 12
        host.network.hosts["box"] = Host.address
        #expect(try host.wifi.ping(.address(Host.address)) == 12)
        #expect(try host.wifi.ping("box", ttl: 5) == 12)
        #expect(throws: WiFiError.hostNotFound) { try host.wifi.ping("nowhere") }
        host.wifi.commandTimeout = .seconds(1)
        let time = try host.milliseconds {
            let answer = try host.wifi.ping(.address(IPv4Address(10, 0, 0, 99)))
            #expect(answer == nil)
        }
        #expect((5000...5100).contains(time))
        try host.wifi.disconnect()
        #expect(try host.wifi.ping(.address(Host.address)) == nil)
    }

    @Test(arguments: [Firmware.modern, .adafruit330]) func usesPins(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        let wifi = host.wifi
        try wifi.pinMode(25, .output)
        try wifi.digitalWrite(25, true)
        #expect(host.device.pins[25].output)
        #expect(try wifi.digitalRead(25))
        try wifi.analogWrite(26, 128)
        #expect(host.device.pins[26].duty == 128)
        try wifi.pinMode(27, .inputPullUp)
        #expect(try wifi.digitalRead(27))
        host.device.pins[27].input = false
        #expect(try !wifi.digitalRead(27))
        host.device.pins[34].analog = 4095
        #expect(try wifi.analogRead(34) == 4095)
        #expect(abs(try wifi.temperature() - 53.33) < 0.01)
    }

    @Test func aPinThatAdafruitsFirmwareDoesNotHave() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        link.replies = [
            .success([0xE0, 0xB7, 0x01, 0x06] + Array("1.7.7".utf8) + [0, 0xEE]), .success([0xEF, 0x00, 0xEE]),
            .success([0xE0, 0xD4, 0x01, 0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0xEE]),
        ]
        #expect(throws: WiFiError.failed(.getAnalogRead, code: -1)) { try wifi.analogRead(5) }
        #expect(link.windows.last?.prefix(8) == [0xE0, 0x54, 0x02, 0x01, 0x05, 0x01, 0x03, 0xEE])
    }
}
