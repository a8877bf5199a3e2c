import NINATransport
import ToolSupport
import WiFiNINA

/// What `nina bench` is asked for.
struct BenchOptions {
    /// What can be measured.
    enum Subject: Equatable {
        case commands
        /// Numbers of slots.
        case slots([Int])
        case echo
        case http
        case tls
        case storage
        /// Numbers of coprocessors.
        case fleet([Int])
    }

    private(set) var subjects: [Subject] = []
    private(set) var isPinned = false
    private(set) var isJSON = false
    /// How long each subject is measured.
    private(set) var seconds = 6.0
    private(set) var family = SocketFamily.classic
    /// Nil for an emulator of its own.
    private(set) var transport: Transport?

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(BenchOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .pin: isPinned = true
            case .json: isJSON = true
            case .bsd: family = .bsd
            case .seconds: seconds = try Self.seconds(&arguments)
            case .transport: transport = try Transport(parsing: try arguments.value())
            case .commands: add(.commands)
            case .slots: add(.slots(try arguments.numbers(1...64)))
            case .echo: add(.echo)
            case .http: add(.http)
            case .tls: add(.tls)
            case .storage: add(.storage)
            case .fleet: add(.fleet(try arguments.numbers(1...5000)))
            case .all:
                let all: [Subject] = [
                    .commands, .slots([10, 64]), .echo, .http, .tls, .storage, .fleet([1, 10, 1000]),
                ]
                for subject in all { add(subject) }
            }
        }
        if subjects.isEmpty { subjects = [.commands] }
    }

    private static func seconds(_ arguments: inout Arguments) throws -> Double {
        let text = try arguments.value()
        guard let seconds = Double(text), (0.1...600).contains(seconds) else {
            throw arguments.error(expected: "a number from 0.1 to 600", got: text)
        }
        return seconds
    }

    private mutating func add(_ subject: Subject) {
        if !subjects.contains(subject) { subjects.append(subject) }
    }

    /// The time of one of equal slices of a subject's time.
    func slice(_ count: Int) -> UInt64 { UInt64(seconds * 1e9) / UInt64(count) }

    /// For a subject whose emulator needs options of its own.
    func requireOwnEmulator(for what: String) throws {
        guard transport == nil else { throw LeftOut("\(what) needs an emulator of its own: not with --transport") }
    }
}
