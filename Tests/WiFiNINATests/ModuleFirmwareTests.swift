import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

@testable import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct ModuleFirmwareTests {
    /// The firmware that each profile is identified as. Adafruit's 1.2.2 cannot be told from Arduino's releases of that
    /// time, which serve the same commands.
    private static let found: [(Firmware, ModuleFirmware)] = [
        (.modern, ModuleFirmware(major: 3, minor: 5, patch: 0)),
        (.arduino200, ModuleFirmware(major: 2, minor: 0, patch: 0)),
        (.arduino148, ModuleFirmware(major: 1, minor: 4, patch: 8)),
        (.adafruit330, ModuleFirmware(major: 3, minor: 3, patch: 0, family: .adafruit)),
        (.adafruit177, ModuleFirmware(major: 1, minor: 7, patch: 7, family: .adafruit)),
        (.adafruit122, ModuleFirmware(major: 1, minor: 2, patch: 2)),
    ]

    @Test(arguments: 0..<found.count) func findsTheFirmwareOnce(_ number: Int) throws {
        let (firmware, expected) = Self.found[number]
        let host = try Host(joined: false) { $0.firmware = firmware }
        #expect(try host.wifi.firmware() == expected)
        #expect(try host.commands { _ = try host.wifi.firmware() } == 0)
        #expect(Self.found.count == Firmware.all.count)
        // A reset may complete an update.
        try host.wifi.reset()
        #expect(try host.commands { _ = try host.wifi.firmware() } > 0)
    }

    /// The library's table of commands agrees with the profiles wherever it would query a module.
    @Test(arguments: 0..<found.count) func knowsWhatTheFirmwareLacks(_ number: Int) throws {
        let (firmware, found) = Self.found[number]
        // No profile serves these, because the package does not implement them; real firmware may.
        let untold: Set<Opcode> = [.applyOTA, .setCliCert, .setPK]
        for opcode in Opcode.allCases where !untold.contains(opcode) {
            guard Opcode(byte: opcode.byte, family: firmware.family) == opcode else { continue }
            #expect(found.lacks(opcode) == !firmware.serves(opcode), "\(firmware.name) \(opcode.name)")
        }
    }

    private static let storage: [Opcode] = [
        .writeFile, .readFile, .deleteFile, .existsFile, .downloadFile, .renameFile,
    ]
    private static let enterprise: [Opcode] = [
        .setCliCert, .setPK, .setEntIdent, .setEntUname, .setEntPasswd, .setEntEnable,
    ]
    private static let bsd: [Opcode] = [
        .bsdSocket, .bsdClose, .bsdErrno, .bsdBind, .bsdListen, .bsdAccept, .bsdConnect, .bsdSend, .bsdRecv, .bsdSendto,
        .bsdRecvfrom, .bsdIoctl, .bsdPoll, .bsdSetsockopt, .bsdGetsockopt, .bsdGetpeername,
    ]

    /// The first release of each family that has a command; nil for none. The source is Protocol/dialects.md.
    private static let firstReleases: [(opcodes: [Opcode], arduino: [UInt8]?, adafruit: [UInt8]?)] = [
        ([.getDnsConfig], [1, 6, 0], [2, 0, 0]), ([.getReasonCode], [1, 3, 0], [2, 0, 0]), ([.setEnt], [1, 3, 0], nil),
        ([.getDigitalRead, .getAnalogRead], [1, 4, 5], [1, 5, 0]), (storage, [1, 4, 0], [2, 0, 0]),
        ([.downloadOTA], [1, 4, 1], [2, 0, 0]), ([.applyOTA], nil, nil), (bsd, [1, 5, 0], [2, 0, 0]),
        (enterprise, nil, [1, 4, 0]), ([.stopServer, .bleBegin, .prefBegin, .setTime, .brErrorCode], [3, 0, 0], nil),
    ]

    /// A release directly before a version.
    private static func release(before version: [UInt8]) -> [UInt8] {
        var version = version
        for index in version.indices.reversed() {
            guard version[index] == 0 else {
                version[index] -= 1
                break
            }
            version[index] = 255
        }
        return version
    }

    @Test(arguments: CommandFamily.allCases)
    func everyCommandHasAFirstRelease(_ family: CommandFamily) {
        func lacks(_ opcode: Opcode, _ version: [UInt8]) -> Bool {
            ModuleFirmware(major: version[0], minor: version[1], patch: version[2], family: family).lacks(opcode)
        }
        for (opcodes, arduino, adafruit) in Self.firstReleases {
            for opcode in opcodes {
                guard let first = family == .arduino ? arduino : adafruit else {
                    #expect([[1, 0, 0], [2, 0, 0], [3, 5, 0]].allSatisfy { lacks(opcode, $0) }, "\(opcode.name)")
                    continue
                }
                let before = Self.release(before: first)
                #expect(!lacks(opcode, first) && lacks(opcode, before), "\(opcode.name): \(before)")
            }
        }
        #expect(lacks(.downloadOTA, [3, 0, 0]) == (family == .adafruit))
        #expect(!lacks(.downloadOTA, [2, 9, 9]))
    }

    /// What only Adafruit's firmware since 3.0 does, and what all but Arduino's since 3.0 does.
    @Test func aFamilysHabitsBeginWithARelease() {
        for (family, major) in [(CommandFamily.arduino, 2), (.arduino, 3), (.adafruit, 2), (.adafruit, 3)] {
            let firmware = ModuleFirmware(major: UInt8(major), minor: 9, patch: 9, family: family)
            let isNewAdafruit = family == .adafruit && major == 3
            #expect(firmware.sendsFirstOctetFirst == isNewAdafruit, "\(firmware)")
            #expect(firmware.scansReportAuthModes == isNewAdafruit, "\(firmware)")
            #expect(firmware.reportsNoAccessPoint == isNewAdafruit, "\(firmware)")
            #expect(firmware.answersWritesOddly == !(family == .arduino && major == 3), "\(firmware)")
        }
    }

    @Test func readsVersions() {
        #expect(ModuleFirmware(text: Array("1.4.8\0".utf8)[...]) == ModuleFirmware(major: 1, minor: 4, patch: 8))
        #expect(
            ModuleFirmware(text: Array("2.0.0-rc.0+adafruit\0".utf8)[...])
                == ModuleFirmware(major: 2, minor: 0, patch: 0, family: .adafruit))
        #expect(ModuleFirmware(text: []) == ModuleFirmware(major: 0, minor: 0, patch: 0))
        #expect(ModuleFirmware(text: Array("x".utf8)[...]) == ModuleFirmware(major: 0, minor: 0, patch: 0))
        #expect(ModuleFirmware(text: Array("1.2.3.4".utf8)[...]) == ModuleFirmware(major: 1, minor: 2, patch: 3))
        #expect(ModuleFirmware(text: Array("999.1".utf8)[...]).minor == 1)
        let two = ModuleFirmware(major: 2, minor: 0, patch: 1)
        #expect(two.isAtLeast(2) && two.isAtLeast(1, 9) && two.isAtLeast(2, 0, 1))
        #expect(!two.isAtLeast(2, 0, 2) && !two.isAtLeast(2, 1) && !two.isAtLeast(3))
        #expect(two.description == "Arduino 2.0.1")
    }

    @Test(arguments: Firmware.all) func hardwareAddressesReadTheSameInEveryFirmware(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        #expect(try host.wifi.macAddress().description == "24:0A:C4:01:02:03")
        #expect(try host.wifi.bssid().description == "02:00:00:AA:BB:01")
        #expect(try host.wifi.scanNetworks() == 2)
        #expect(try host.wifi.bssid(1)?.description == "02:00:00:AA:BB:02")
    }

    @Test(arguments: Firmware.all) func missingCommandsAreUnsupported(_ firmware: Firmware) throws {
        let wifi = try Host(joined: false) { $0.firmware = firmware }.wifi
        let questions: [(Opcode, () throws -> Void)] = [
            (.getDnsConfig, { _ = try wifi.dnsIP() }), (.getReasonCode, { _ = try wifi.reasonCode() }),
            (.getFwVersionU32, { _ = try wifi.firmwareVersionU32() }), (.setTime, { try wifi.setTime(1) }),
            (.getDigitalRead, { _ = try wifi.digitalRead(25) }), (.getAnalogRead, { _ = try wifi.analogRead(34) }),
            (.existsFile, { _ = try WiFiStorage(wifi).exists("/fs/x") }),
            (.prefStat, { _ = try Preferences(wifi).isKey("x") }),
            (.brErrorCode, { _ = try WiFiBearSSLClient(wifi).errorCode() }), (.applyOTA, { try wifi.applyOTA() }),
        ]
        for (opcode, question) in questions {
            do {
                try question()
                #expect(firmware.serves(opcode), "\(opcode.name)")
            } catch WiFiError.unsupported {
                #expect(!firmware.serves(opcode), "\(opcode.name)")
            }
        }
    }

    @Test func refusedIsNotUnsupported() throws {
        let wifi = try Host().wifi
        #expect(throws: WiFiError.refused(.setNet)) { try wifi.begin("") }
        let command = BSDClose(socket: SocketNumber(rawValue: 200))
        do { _ = try wifi.run(command) } catch { #expect(error == .refused(.bsdClose)) }
        #expect(WiFiError.unsupported(.setTime).description.contains("no such command"))
        #expect(WiFiError.failed(.setTime, code: 255).description == "SET_TIME: failed with code 255")
    }

    /// When the firmware cannot be queried, only the error frame is known.
    @Test func aQuestionWithoutAnswerLeavesTheErrorFrame() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        link.replies = [.success([0xEF, 0x00, 0xEE, 0x00])]
        #expect(throws: WiFiError.refused(.setTime)) { try wifi.setTime(1) }
        #expect(throws: WiFiError.link(LinkError(.timedOut, .reply), .getFwVersion)) { try wifi.firmware() }
    }

    /// Firmware without STOP_SERVER only forgets the number: the next server gets it, on another port.
    @Test(arguments: [Firmware.arduino200, .arduino148, .adafruit330, .adafruit177])
    func serversEndWithoutTheirCommand(_ firmware: Firmware) throws {
        let host = try Host { $0.firmware = firmware }
        let server = try host.server(80)
        let peer = try #require(host.network.connect(to: 80))
        peer.send([1])
        let client = try host.wait { try server.available() }
        try server.end()
        #expect(!server.isListening)
        #expect(throws: WiFiError.staleHandle(SocketNumber(rawValue: 1))) { try client.read() }
        #expect(peer.isFinished)
        try server.begin(81)
        #expect(try server.status())
        // The result is remembered: no second refusal.
        #expect(try host.commands { try server.end() } == 1)
    }
}
