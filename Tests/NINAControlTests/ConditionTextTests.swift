import NINAControl
import NINACoprocessor
import NINAWire
import Testing

/// The conditions of `nina ctl wait`.
@Suite(.timeLimit(.minutes(10))) struct ConditionTextTests {
    @Test(arguments: [
        ("joined", Condition.joined(true)), ("not joined", .joined(false)), ("listening 80", .listening(port: 80)),
        ("clients>=2", .clients(atLeast: 2)), ("clients >= 2", .clients(atLeast: 2)),
        ("stations>=1", .stations(atLeast: 1)), ("slots<=3", .slotsUsed(atMost: 3)),
        ("slots>=3", .slotsTaken(atLeast: 3)), ("command SEND_DATA", .commandSeen(.sendData, count: 1)),
        ("command send_data>=10", .commandSeen(.sendData, count: 10)),
        ("command START_SERVER_TCP", .commandSeen(.startServer, count: 1)),
        ("command START_SERVER_TCP_CMD", .commandSeen(.startServer, count: 1)),
        ("status 3", .status(.connected)), ("reason 200", .reason(200)), ("boots>=2", .boots(atLeast: 2)),
        ("output 26 high", .output(pin: 26, level: true)), ("output 26 low", .output(pin: 26, level: false)),
        ("fault noise", .faultFired(id: "noise", count: 1)), ("fault noise>=3", .faultFired(id: "noise", count: 3)),
    ])
    func aTextIsACondition(text: String, condition: Condition) throws {
        #expect(try Condition(text: text) == condition)
    }

    @Test(arguments: [
        "", "join", "joined now", "listening", "listening 0", "listening 70000", "listening x", "clients", "clients 2",
        "clients<=2", "clients>=", "clients>=-1", "clients>=99999999999", "slots=3", "command", "command NO_SUCH",
        "command SEND_DATA>=0", "output 300 high", "output 1 up", "fault", "status 256", "not", "not joined now", ">=",
        "<=1",
    ])
    func anyOtherTextIsAnError(_ text: String) {
        #expect(throws: FieldError.self) { try Condition(text: text) }
    }
}
