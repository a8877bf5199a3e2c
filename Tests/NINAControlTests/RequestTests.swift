import Foundation
import NINAControl
import NINACoprocessor
import NINAWire
import Testing

/// Requests, replies and events as lines.
@Suite(.timeLimit(.minutes(10))) struct RequestTests {
    private func object(_ line: some Collection<UInt8>) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(line)) as? NSDictionary)
    }

    @Test(arguments: sampleRequests) func aRequestIsWrittenAsItIsRead(_ line: String) throws {
        let (id, result) = ControlRequest.read(line.utf8)
        let request = try result.get()
        #expect(id == request.id)
        #expect(try object(ControlCoding.line(request).dropLast()) == object(line.utf8), "\(line)")
    }

    @Test func theSamplesHaveEveryChangeAndKindOfFault() throws {
        for name in Change.names { #expect(sampleRequests.contains { $0.contains("\"do\":\"\(name)\"") }, "\(name)") }
        for kind in FaultKindName.allCases {
            let value =
                switch kind {
                case .replyLate: #","seconds":1"#
                case .replyCut: #","bytes":3"#
                case .nameLookupAnswers: #","address":"127.0.0.1""#
                default: ""
                }
            let line = #"{"id":1,"do":"fault_add","kind":"\#(kind.rawValue)"\#(value)}"#
            guard case .change(.addFault(let fault)) = try ControlRequest.read(line.utf8).request.get().action else {
                Issue.record("\(line) adds no fault")
                continue
            }
            #expect(FaultKindName(fault.kind) == kind)
            #expect(fault.id == kind.rawValue)
        }
    }

    @Test(arguments: [
        ("", "line", "got nothing"),
        ("nonsense", "line", "got 'nonsense'"),
        ("[1]", "line", "in braces"),
        (#"{"id":1"#, "line", "one object of JSON"),
        (#"{"do":"list"}"#, "id", "missing"),
        (#"{"id":-1,"do":"list"}"#, "id", "got -1"),
        (#"{"id":1}"#, "do", "missing"),
        (#"{"id":1,"do":5}"#, "do", "got 5"),
        (#"{"id":1,"do":"lst"}"#, "do", "got 'lst'"),
        (#"{"id":1,"do":"list","modul":1}"#, "'modul'", "no such field"),
        (#"{"id":1,"do":"list","module":true}"#, "module", "got true"),
        (#"{"id":1,"do":"wait"}"#, "line", "a condition is missing"),
        (#"{"id":1,"do":"wait","joined":1}"#, "joined", "got 1"),
        (#"{"id":1,"do":"wait","joined":true,"slots_at_most":1}"#, "slots_at_most", "one condition only"),
        (#"{"id":1,"do":"wait","joined":true,"timeout":-1}"#, "timeout", "got -1"),
        (#"{"id":1,"do":"wait","joined":true,"timeout":1e300}"#, "timeout", "31536000"),
        (#"{"id":1,"do":"wait","listening":70000}"#, "listening", "got 70000"),
        (#"{"id":1,"do":"wait","command":"NO_SUCH"}"#, "command", "got 'NO_SUCH'"),
        (#"{"id":1,"do":"network_loss"}"#, "ssid", "missing"),
        (#"{"id":1,"do":"network_loss","ssid":""}"#, "ssid", "got 0 bytes"),
        (#"{"id":1,"do":"network_loss","ssid":"x","for":"soon"}"#, "for", "got 'soon'"),
        (#"{"id":1,"do":"network_add","ssid":"x","passphrase":"short"}"#, "passphrase", "got 5 characters"),
        (#"{"id":1,"do":"network_add","ssid":"x","ip":"10.0.0.0/8"}"#, "ip", "a machine in that network"),
        (#"{"id":1,"do":"network_add","ssid":"x","security":"wpa9"}"#, "security", "got 'wpa9'"),
        (#"{"id":1,"do":"rssi","ssid":"x","rssi":1}"#, "rssi", "got 1"),
        (#"{"id":1,"do":"reason","ssid":"x","reason":0}"#, "reason", "got 0"),
        (#"{"id":1,"do":"pin","pin":256,"level":"high"}"#, "pin", "got 256"),
        (#"{"id":1,"do":"pin","pin":1,"level":"up"}"#, "level", "got 'up'"),
        (#"{"id":1,"do":"pin","pin":1,"level":[]}"#, "level", "got a list"),
        (#"{"id":1,"do":"adc","pin":1,"value":4096}"#, "value", "got 4096"),
        (#"{"id":1,"do":"adc","pin":1,"value":1.5}"#, "value", "got 1.5"),
        (#"{"id":1,"do":"ap_join","mac":"02:00"}"#, "mac", "got '02:00'"),
        (#"{"id":1,"do":"fault_add","kind":"rust"}"#, "kind", "got 'rust'"),
        (#"{"id":1,"do":"fault_add","kind":"reply_late"}"#, "seconds", "missing"),
        (#"{"id":1,"do":"fault_add","kind":"reply_lost","seconds":1}"#, "'seconds'", "no such field"),
        (#"{"id":1,"do":"fault_add","kind":"reply_lost","seed":1}"#, "seed", "needs probability"),
        (#"{"id":1,"do":"fault_add","kind":"reply_lost","probability":2}"#, "probability", "got 2"),
        (#"{"id":1,"do":"fault_add","kind":"reply_lost","probability":0.5,"count":1}"#, "probability", "neither"),
        (#"{"id":1,"do":"log_level","level":"loud"}"#, "level", "got 'loud'"),
        (#"{"id":1,"do":"\u001b[2J"}"#, "do", #"\u{1B}"#),
    ])
    func anErrorNamesFieldAndValue(line: String, field: String, text: String) throws {
        let error = #expect(throws: FieldError.self) { try ControlRequest.read(line.utf8).request.get() }
        let found = try #require(error)
        #expect(found.field == field, "\(found)")
        #expect(found.problem.contains(text), "\(found)")
    }

    @Test func aMalformedRequestKeepsItsID() {
        #expect(ControlRequest.read(#"{"id":7,"do":"lst"}"#.utf8).id == .number(7))
        #expect(ControlRequest.read(#"{"id":"seven","do":"list","x":1}"#.utf8).id == .text("seven"))
        #expect(ControlRequest.read(#"{"id":7,"#.utf8).id == nil)
    }

    @Test func aReplyWithoutIDSaysNull() throws {
        let failure = ControlFailure(.malformed, line: 3, FieldError("line", "broken"))
        let line = ControlCoding.line(ControlReply<ReplyContent.Nothing>(nil, .failure(failure)))
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.contains("\"id\":null") && text.contains("\"line\":3") && text.hasSuffix("}\n"))
        let back = try ControlCoding.decode(ControlReply<ReplyContent.Nothing>.self, from: line)
        #expect(back.error == failure && back.id == nil && back.ok == nil)
    }

    @Test(arguments: [
        ModuleEvent.booted(boots: 2), .joined(ssid: Array("lab-net".utf8)),
        .joinFailed(ssid: Array("a".utf8), reason: 15), .left(ssid: Array("a".utf8), reason: 200),
        .listening(slot: 0, port: 80), .stoppedListening(slot: 0),
        .clientCame(slot: 1, peer: Endpoint(address: IPv4Address(127, 0, 0, 1), port: 5000)),
        .connected(slot: 1, peer: Endpoint(address: IPv4Address(127, 0, 0, 1), port: 5000)), .clientLeft(slot: 1),
        .command(.sendData), .faultFired(id: "noise"), .changed(.reset),
        .changed(.loseNetwork(ssid: Array("a".utf8), for: .seconds(30))),
    ])
    func anEventIsReadAsItIsWritten(_ event: ModuleEvent) throws {
        let written = ControlEvent(time: 5, module: 3, event)
        let line = ControlCoding.line(written)
        #expect(try ControlCoding.decode(ControlEvent.self, from: line) == written)
        let name = try #require(try object(line)["event"] as? String)
        #expect(ControlEvent.names.contains(name))
    }

    @Test func eventsShowNoSecrets() throws {
        let network = RadioNetwork(
            ssid: "x", secret: .text(Array("correct-horse".utf8)), security: .wpa2, bssid: MACAddress(rawValue: 1))
        for change in [Change.addNetwork(network), .secret(ssid: [65], .text(Array("correct-horse".utf8)))] {
            let line = ControlCoding.line(ControlEvent(time: 1, module: 1, .changed(change)))
            #expect(!String(decoding: line, as: UTF8.self).contains("correct"))
        }
    }
}
