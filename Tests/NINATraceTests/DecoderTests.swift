import NINATrace
import NINAWire
import TestSupport
import Testing

/// Windows become commands with their replies.
@Suite(.timeLimit(.minutes(10))) struct DecoderTests {
    private func items(_ lines: [String], strict: Bool = true, from firmware: Firmware = .modern) throws
        -> [DecodedItem]
    {
        var options = TraceDecoder.Options()
        options.isStrict = strict
        options.firmware = firmware
        var decoder = TraceDecoder(options)
        var items: [DecodedItem] = []
        var time: UInt64 = 0
        for line in lines {
            time += 1000
            items += decoder.decode(TraceRecord(time: time, coprocessor: 1, Self.event(line)))
        }
        return items + decoder.finish()
    }

    /// `> bytes`, `< bytes`, `<~ bytes` for clocked ones, `x bytes` for a lost window, `r bytes` for one that reads, or `reset`.
    private static func event(_ line: String) -> TraceRecord.Event {
        if line == "reset" { return .reset(boots: 1, bluetooth: false) }
        let (mark, text) = (line.prefix { $0 != " " }, line.drop { $0 != " " }.dropFirst())
        let bytes = Array(hex: String(text))[...]
        return switch mark {
        case ">": .windowOut(bytes)
        case "x": .windowOut(bytes, .lost)
        case "r": .windowOut(bytes, .readsReply)
        case "<~": .windowIn(bytes, .clocked)
        default: .windowIn(bytes)
        }
    }

    private func text(_ items: [DecodedItem]) -> [String] {
        let text = ItemText(showsBytes: false)
        return items.flatMap { text.lines($0).split(separator: "\n") }.map { line in
            String(line.drop { $0 == " " })
        }
    }

    @Test func oneLineForACommandWithItsReply() throws {
        let lines = text(
            try items(
                [
                    "> E0 20 00 EE", "< E0 A0 01 01 03 EE 00 00", "> E0 44 02 | 0001 00 | 0002 'hi' | EE 00 00",
                    "< E0 C4 01 | 02 02 00 | EE 00", "> E0 13 00 EE", "< EF 00 EE 00",
                    "> E0 11 02 | 03 'hub' | 04 'pass' | EE", "< E0 91 01 01 01 EE 00 00", "> E0 37 00 EE",
                    "< E0 B7 01 | 06 '2.0.0' 00 | EE 00", "> E0 3F 00 EE",
                ], strict: false))
        #expect(
            lines == [
                "0.000001 1  GET_CONN_STATUS -> status=3 (connected)  (1.0 us)",
                #"0.000003 1  SEND_DATA socket=0 data=2 bytes "hi" -> count=2  (1.0 us)"#,
                "0.000005 1  command 0x13 is unknown -> refused  (1.0 us)",
                #"0.000007 1  SET_PASSPHRASE ssid="hub" passphrase="****" -> result=1  (1.0 us)"#,
                #"0.000009 1  GET_FW_VERSION -> version="2.0.0\0"  (1.0 us)"#,
                "0.000011 1  GET_SOCKET -> no reply",
            ])
    }

    @Test func slotsOpenAndClose() throws {
        let lines = [
            "reset", "> E0 28 03 | 02 00 50 | 01 00 | 01 00 | EE 00 00 00", "< E0 A8 01 01 01 EE 00 00",
            "> E0 2B 02 | 01 00 | 01 01 | EE", "< E0 AB 01 | 02 01 00 | EE 00", "> E0 2E 01 01 01 EE 00 00",
            "< E0 AE 01 01 01 EE 00 00", "> E0 2E 01 01 01 EE 00 00", "< E0 AE 01 01 01 EE 00 00",
        ]
        let changes = try items(lines).compactMap { item -> SlotChange? in
            guard case .exchange(let exchange) = item else { return nil }
            return exchange.slotChange
        }
        #expect(changes == [.opened(0, .server), .opened(1, .accepted), .closed(1)])
        var output: [UInt8] = []
        for item in try items(lines) { ItemJSON().append(item, to: &output) }
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains(#""opens":{"slot":0,"kind":"server"},"out""#))
        #expect(text.split(separator: #""closes":1,"out""#).count == 2)
    }

    @Test func jsonHasEveryField() throws {
        let items = try items(
            [
                "> E0 44 02 | 0001 00 | 0002 'hi' | EE 00 00", "< E0 C4 01 | 02 02 00 | EE 00", "> E0 13 00 EE",
                "< EF 00 EE 00", "> E0 27 00 EE", "< E0 A7 02 | 01 'a' | 02 'bc' | EE 00",
            ], strict: false)
        var output: [UInt8] = []
        for item in items { ItemJSON().append(item, to: &output) }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        #expect(
            lines == [
                #"{"t":1000,"c":1,"command":"SEND_DATA","opcode":68,"slot":0,"request":{"socket":0,"data":"6869"},"reply":{"count":2},"duration":1000,"out":"e0440200010000026869ee0000","in":"e0c401020200ee00"}"#,
                #"{"t":3000,"c":1,"command":null,"opcode":19,"error":"byte 1: no command has the number 0x13","refused":true,"duration":1000,"out":"e01300ee","in":"ef00ee00"}"#,
                #"{"t":5000,"c":1,"command":"SCAN_NETWORKS","opcode":39,"request":{},"reply":{"ssid":["a","bc"]},"duration":1000,"out":"e02700ee","in":"e0a7020161026263ee00"}"#,
            ])
    }

    /// With a wrong length, count or number a passphrase stands in any field: of a frame with a defect numbers and lengths in
    /// front of it are shown, and nothing if the command has secrets.
    @Test(arguments: [
        ("E0 11 02 | 03 'hub' | 07 'correct-horse' | EE", "SET_PASSPHRASE (byte"),
        ("E0 11 02 | 12 'hub' | 0D 'correct-horse' | EE", "SET_PASSPHRASE (byte"),
        ("E0 11 03 | 03 'hub' | 0D 'correct-horse' | EE", "SET_PASSPHRASE (byte"),
        ("E0 10 02 | 03 'hub' | 0D 'correct-horse' | EE", #"SET_NET ssid="***" (byte"#),
        ("E0 10 01 | 10 'hub' | 0D 'correct-horse' | EE", "SET_NET ssid=\"****************\" (byte"),
        ("E0 44 02 | 0001 03 | 0009 'correct-horse' | EE", "SEND_DATA socket=3 data=9 bytes \"*********\" (byte"),
        ("E0 44 02 | 0001 03 | 0064 'correct-horse' | EE", "SEND_DATA socket=3 (byte"),
    ]) func aDefectShowsNoSecret(_ window: String, _ shown: String) throws {
        let items = try items(["> " + window], strict: false)
        #expect(try #require(text(items).first).contains("  " + shown), "\(text(items))")
        var json: [UInt8] = []
        for item in items { ItemJSON().append(item, to: &json) }
        let all = text(items).joined() + String(decoding: json, as: UTF8.self)
        for secret in ["corre", Array("corre".utf8).hex.lowercased().filter { $0 != " " }] {
            #expect(!all.contains(secret), "\(all)")
        }
    }

    /// Each rule of the lint, by what breaks it.
    @Test(arguments: [
        (["> E0 20 01 EE", "< EF 00 EE 00"], ["frame"]),
        (["> E0 22 01 01 FF EE", "< E0 A2 01 06 010203040506 EE 00"], ["padding"]),
        (["> E0 22 01 01 FF EE 61 62", "< E0 A2 01 06 010203040506 EE 00"], ["padding"]),
        (["> E0 20 00 EE", "< E0 A0 01 01 03 EE"], ["padding"]),
        (["> E0 20 00 EE", "> E0 20 00 EE", "< E0 A0 01 01 03 EE 00 00"], ["handshake"]),
        (["> E0 20 00 EE"], ["handshake"]),
        (["x E0 20 00 EE"], ["handshake"]),
        (["< E0 A0 01 01 03 EE 00 00"], ["handshake"]),
        (["> E0 20 00 EE", "< E0 A1 01 01 03 EE 00 00"], ["reply"]),
        (["> E0 20 00 EE", "< E0 A0 01 02 03 03 EE 00"], ["reply"]),
        (["> E0 20 00 EE", "<~ E0 A0 01 01"], ["lost"]),
        (["> E0 20 00 EE", "< E0 A0 01 01 03 EE 00 00", "r 00 00 00 00"], ["lost"]),
        (["> E0 20 00 EE", "< E0 A0 01 01 03 EE 00 00", "r 00 00 00 00 00 00"], []),
        // What precedes the reply on a bus is skipped.
        (["> E0 20 00 EE", "<~ FF FF E0 A0 01 01 03 EE"], []),
        (["reset", "> E0 45 02 | 0001 03 | 0002 0001 | EE 00", "< E0 C5 01 0000 EE 00 00"], ["stale"]),
        (["> E0 45 02 | 0001 03 | 0002 0001 | EE 00", "< E0 C5 01 0000 EE 00 00"], []),
        (
            [
                "> E0 2D 04 | 04 0A000001 | 02 0050 | 01 00 | 01 00 | EE", "< E0 AD 01 01 01 EE 00 00", "reset",
            ], ["leak"]
        ),
        (
            [
                "> E0 2D 04 | 04 0A000001 | 02 0050 | 01 00 | 01 00 | EE", "< E0 AD 01 01 01 EE 00 00",
                "> E0 2E 01 01 00 EE FF FF", "< E0 AE 01 01 01 EE 00 00",
                "> E0 44 02 | 0001 00 | 0002 'hi' | EE 00", "< E0 C4 01 | 02 00 00 | EE 00",
            ], ["stale"]
        ),
        // A server's client is accepted, and never stopped.
        (
            [
                "> E0 28 03 | 02 0050 | 01 00 | 01 00 | EE FF", "< E0 A8 01 01 01 EE 00 00",
                "> E0 2B 02 | 01 00 | 01 01 | EE", "< E0 AB 01 | 02 0100 | EE 00",
            ], ["leak"]
        ),
    ]) func findsFaults(_ lines: [String], _ rules: [String]) throws {
        let found = try items(lines).flatMap(\.findings)
        #expect(found.map(\.rule.rawValue) == rules, "\(found)")
    }
}
