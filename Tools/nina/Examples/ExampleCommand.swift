import LinuxIO
import LinuxProcesses
import NINATransport
import ToolSupport
import WiFiNINA

/// `nina example`: Arduino's example sketches, on an existing coprocessor or on their own emulator.
struct ExampleCommand {
    private var sketch: (any Sketch.Type)?
    private var options = SketchOptions()
    private var transport: Transport?
    private var emulatorOptions: [String] = []

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(ExampleOption.self) {
            switch argument {
            case .option(.ssid): options.ssid = try arguments.value()
            case .option(.pass): options.passphrase = try arguments.value()
            case .option(.user): options.user = try arguments.value()
            case .option(.host): options.host = try arguments.value()
            case .option(.port): options.port = UInt16(try arguments.number(1...65_535))
            case .option(.led): options.led = UInt8(try arguments.number(0...39))
            case .option(.rounds): options.rounds = try arguments.number(1...1_000_000)
            case .option(.every): options.every = .seconds(try arguments.number(0...86_400))
            case .option(.transport): transport = try Transport(parsing: try arguments.value())
            case .separator: emulatorOptions = arguments.remaining()
            case .word(let name):
                guard sketch == nil else { throw arguments.unknown() }
                sketch = try Self.find(name)
            }
        }
        guard sketch != nil || transport == nil && emulatorOptions.isEmpty else {
            throw UsageError("expected the name of an example")
        }
        // An environment variable that is set but empty counts as not set.
        if transport == nil, Environment.value("NINA_TRANSPORT")?.isEmpty == false { transport = try .standard() }
        guard transport == nil || emulatorOptions.isEmpty else {
            throw UsageError(
                "options after '--' are for the example's own emulator, but a transport was given")
        }
    }

    /// A sketch by its name, ignoring case.
    private static func find(_ name: String) throws -> any Sketch.Type {
        guard let sketch = sketches.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw UsageError("there is no example '\(name)'; 'nina example' lists them")
        }
        return sketch
    }

    func run() throws {
        guard let sketch else { return Self.list() }
        Signals.catchEndRequests()
        let emulator =
            transport == nil
            ? try EmulatorProcess(["--log-level", "warning"] + sketch.emulatorOptions + emulatorOptions) : nil
        defer { emulator?.stop() }
        guard let transport = transport ?? emulator?.transport else { return }
        let wifi = WiFi(link: try transport.open())
        defer { wifi.end() }
        // Makes Ctrl-C end waits inside the library too: without its link the next command fails.
        wifi.watchdogFeeder = { [unowned wifi] in if Signals.wasEndRequested { wifi.end() } }
        do {
            try Self.run(sketch, on: Board(wifi, options, emulator: emulator))
        } catch {
            if !Signals.wasEndRequested { throw error }
        }
    }

    private static func run<S: Sketch>(_: S.Type, on board: Board) throws {
        var sketch = S(board: board)
        try sketch.setup()
        while board.isRunning { try sketch.loop() }
    }

    private static func list() {
        let width = sketches.reduce(0) { max($0, $1.name.count) }
        for sketch in sketches {
            let space = String(repeating: " ", count: width - sketch.name.count + 2)
            StandardOutput.write(sketch.name + space + sketch.summary + "\n")
        }
    }
}
