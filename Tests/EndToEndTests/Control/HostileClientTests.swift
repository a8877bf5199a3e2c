import Foundation
import LinuxIO
import NINAControl
import TestPeers
import TestSupport
import Testing
import WiFiNINA

/// Clients of the control channel that err, hang, flood or die: a host does not notice.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HostileClientTests {
    @Test func whatIsWrongIsNamed() throws {
        let controlled = try ControlledEmulator()
        let client = try controlled.client()
        let wifi = try controlled.emulator.host()
        let first = try client.reply("nonsense")
        #expect(first["id"] is NSNull)
        let error = try #require(first["error"] as? [String: Any])
        #expect(error["line"] as? Int == 1 && error["field"] as? String == "line")
        #expect((error["text"] as? String)?.contains("'nonsense'") == true)
        let unknown = try client.reply(#"{"id":"x","do":"list","modul":1}"#)
        #expect(unknown["id"] as? String == "x")
        #expect((unknown["error"] as? [String: Any])?["line"] as? Int == 2)
        #expect((unknown["error"] as? [String: Any])?["field"] as? String == "'modul'")
        // A line that is too long is one error, and the next one is taken.
        let long = try client.reply(#"{"id":3,"do":""# + String(repeating: "x", count: 300_000) + "\"}")
        #expect((long["error"] as? [String: Any])?["kind"] as? String == "malformed")
        #expect((long["error"] as? [String: Any])?["line"] as? Int == 3)
        let next = try client.error(#"{"id":4,"do":"pin","pin":300,"level":"high"}"#)
        #expect(next["line"] as? Int == 4 && next["field"] as? String == "pin")
        for bytes in [[0], [0xFF, 0xFE], Array("{\"id\":5}".utf8), Array(repeating: UInt8(ascii: "["), count: 60_000)] {
            try client.send(bytes + [10])
            #expect(try client.line()["error"] != nil)
        }
        #expect(try client.reply(#"{"id":9,"do":"hello"}"#)["ok"] != nil)
        #expect(try wifi.status() == .connected)
    }

    /// It watches everything and reads nothing: events are left out and counted, and memory stays bounded.
    @Test func aClientThatHangsDisturbsNoHost() throws {
        let controlled = try ControlledEmulator()
        let wifi = try controlled.emulator.host()
        let hanging = try controlled.client()
        _ = try hanging.ok(#"{"id":1,"do":"watch","commands":true,"trace":true}"#)
        let other = try controlled.client()
        for _ in 0..<20_000 { _ = try wifi.status() }
        #expect(try controlled.emulator.residentBytes() < 200 << 20)
        #expect(try other.reply(#"{"id":1,"do":"hello"}"#)["ok"] != nil)
        // Now it reads, and learns how much it has missed.
        var leftOut = 0
        var rounds = Rounds(200_000)
        while leftOut == 0, rounds.next() {
            let line = try hanging.line()
            if line["event"] as? String == "gap" { leftOut = try #require(line["events"] as? Int) }
        }
        #expect(leftOut > 0)
        #expect(try wifi.status() == .connected)
    }

    @Test func clientsThatDieLeaveNothing() throws {
        let controlled = try ControlledEmulator()
        let wifi = try controlled.emulator.host()
        let before = try controlled.emulator.openDescriptors()
        for number in 0..<100 {
            let client = try controlled.client()
            switch number % 5 {
            case 0: try client.send(#"{"id":1,"do":"li"#)
            case 1: try client.send(#"{"id":1,"do":"wait","listening":1}"# + "\n")
            case 2: try client.send(#"{"id":1,"do":"watch","trace":true}"# + "\n")
            case 3: try client.send(#"{"id":1,"do":"report"}"# + "\n" + #"{"id":2,"do":"report"}"# + "\n")
            default: try client.send(Array(repeating: 0, count: 100_000))
            }
        }
        #expect(try controlled.emulator.openDescriptors(waitingFor: before) == before)
        #expect(try wifi.status() == .connected)
    }

    @Test func thereIsARoomForSomeClients() throws {
        let controlled = try ControlledEmulator()
        let clients = try (0..<64).map { _ in try controlled.client() }
        for client in clients { _ = try client.ok(#"{"id":1,"do":"hello"}"#) }
        let busy = try controlled.client()
        #expect((try busy.line()["error"] as? [String: Any])?["kind"] as? String == "busy")
        #expect(try busy.text() == nil)
        // Of waits, too.
        for number in 0..<64 { try clients[0].send("{\"id\":\(number),\"do\":\"wait\",\"listening\":9}\n") }
        #expect(try clients[0].error(#"{"id":64,"do":"wait","listening":9}"#)["kind"] as? String == "busy")
        #expect(
            try clients[1].error(#"{"id":2,"do":"wait","listening":9,"timeout":0}"#)["kind"] as? String == "busy")
    }

    /// How many commands a host runs beside clients that flood, and without.
    @Test func clientsThatFloodLeaveTheHostItsTime() throws {
        let controlled = try ControlledEmulator()
        let wifi = try controlled.emulator.host()
        func commands(_ seconds: Double) throws -> Int {
            let end = MonotonicClock.deadline(after: UInt64(seconds * 1e9))
            var count = 0
            while MonotonicClock.nanoseconds() < end {
                _ = try wifi.status()
                count += 1
            }
            return count
        }
        _ = try commands(0.2)
        let before = try commands(0.5)
        let path = controlled.path
        let isOver = SharedResults<Bool>(1)
        let ended = SharedResults<Int>(4)
        for number in 0..<4 {
            let line = number % 2 == 0 ? #"{"id":1,"do":"report"}"# : "{nonsense"
            try DetachedThread.start {
                ended.set(
                    number,
                    Result {
                        let client = try ControlUnderTest(path)
                        let lines = Array(String(repeating: line + "\n", count: 100).utf8)
                        var sent = 0
                        while isOver.isUnset(0) {
                            // Whether it is read or not.
                            _ = lines.withUnsafeBytes { UnixSocket.send(client.descriptor, $0) }
                            sent += 1
                        }
                        return sent
                    })
            }
        }
        let during = try commands(0.5)
        isOver.set(0, .success(true))
        for result in try ended.wait() { #expect(try result.get() > 0) }
        print("control: \(before) commands in 0.5 s, \(during) while four clients flood")
        #expect(during > 0)
        #expect(try controlled.client().reply(#"{"id":1,"do":"hello"}"#)["ok"] != nil)
    }
}
