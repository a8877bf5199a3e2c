import Glibc
import LinuxIO
import TestPeers

// Tests of the SPI link on a real kernel: the host library here, spidev and GPIO lines, and the emulator behind them.
//
//     nina-guest NAME DEVICE      runs a test with the module at this spidev node
//     nina-guest --list           lists the tests

/// The number of failed checks.
nonisolated(unsafe) private var failures = 0

/// Checks a condition.
func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String, file: StaticString = #fileID, line: Int = #line) {
    guard !holds else { return }
    failures += 1
    tell("\(file):\(line): \(otherwise())")
}

/// Checks a condition that the rest of the test depends on.
func require<Value>(_ value: Value?, _ otherwise: String) throws -> Value {
    guard let value else { throw Unexpected(otherwise) }
    return value
}

func tell(_ text: String) { StandardOutput.write(text + "\n") }

/// The long forms take minutes.
let isLong = (Environment.value("NINA_SECONDS").flatMap { Int($0) } ?? 0) >= 60

let tests: [(name: String, body: (Wires) async throws -> Void)] = [
    ("spi-suite", suiteTest), ("spi-servers", serversTest), ("spi-commands", commandsTest), ("spi-bytes", bytesTest),
    ("spi-faults", faultsTest), ("spi-modes", modesTest), ("spi-tasks", tasksTest),
    // Tests that only scripts run have a name with an underscore.
    ("spi_status", statusLoop), ("spi_meddler", meddler),
]

Signals.ignoreBrokenPipes()
let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "--list": for test in tests where !test.name.contains("_") { tell(test.name) }
case let name?:
    guard arguments.count == 2, let device = arguments.last, let test = tests.first(where: { $0.name == name }) else {
        StandardError.write("usage: nina-guest NAME DEVICE, or nina-guest --list\n")
        exit(2)
    }
    do {
        try await test.body(Wires(device: device))
    } catch {
        failures += 1
        tell("\(name): \(error)")
    }
    exit(failures == 0 ? 0 : 1)
case nil: exit(2)
}
