import NINACoprocessor

/// What a reply is the reply to: chosen by the client.
package enum ControlID: Equatable, Sendable, Codable {
    case number(UInt64)
    case text(String)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self), number < 1 << 53 {
            self = .number(number)
        } else {
            let text = try container.decode(String.self)
            guard text.utf8.count <= 64 else {
                throw FieldError("id", expected: "at most 64 bytes", got: "\(text.utf8.count)")
            }
            self = .text(text)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}

/// Which coprocessors a request means.
package enum ModuleSelector: Equatable, Sendable, Codable, CustomStringConvertible {
    case number(UInt64)
    /// The one that has this address.
    case address(String)
    case all

    /// What a user writes: `1`, `127.1.0.1`, `all`.
    package init(_ text: String) {
        if text == "all" {
            self = .all
        } else if let number = UInt64(text) {
            self = .number(number)
        } else {
            self = .address(text)
        }
    }

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .address(let address): address
        case .all: "all"
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
            self = .number(number)
        } else {
            self.init(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .number(let number) = self { try container.encode(number) } else { try container.encode(description) }
    }
}

/// A request of a client: Protocol/control.md.
package struct ControlRequest: Sendable {
    package enum Action: Sendable {
        case hello
        case list
        case sockets
        case report
        case metrics
        case watch(WatchOptions)
        case unwatch
        /// A nil time waits for ever.
        case wait(Condition, timeout: Duration?)
        case logLevel(LogLevel)
        case change(Change)
    }

    package var id: ControlID
    package var module: ModuleSelector?
    package var action: Action

    package init(id: ControlID, module: ModuleSelector? = nil, _ action: Action) {
        self.id = id
        self.module = module
        self.action = action
    }
}

/// What a client wants to be told.
package struct WatchOptions: Equatable, Sendable {
    /// Each command, too.
    package var commands = false
    /// The records of a trace, too.
    package var trace = false

    package init(commands: Bool = false, trace: Bool = false) {
        self.commands = commands
        self.trace = trace
    }
}

/// The names of levels, as `--log-level` has them.
package enum LevelName: String, CaseIterable {
    case error, warning, info, debug

    package init(_ level: LogLevel) {
        self =
            switch level {
            case .error: .error
            case .warning: .warning
            case .info: .info
            case .debug: .debug
            }
    }

    package var level: LogLevel {
        switch self {
        case .error: .error
        case .warning: .warning
        case .info: .info
        case .debug: .debug
        }
    }
}

extension ControlRequest {
    /// Reads the line of a request; its ID too if there is one, whatever else is wrong.
    package static func read(
        _ line: some Collection<UInt8>
    ) -> (id: ControlID?, request: Result<ControlRequest, FieldError>) {
        do throws(FieldError) {
            let envelope = try ControlCoding.decode(Envelope.self, from: line)
            return (envelope.id, envelope.request)
        } catch {
            return (nil, .failure(error))
        }
    }

    private struct Envelope: Decodable {
        var id: ControlID?
        var request: Result<ControlRequest, FieldError>

        init(from decoder: any Decoder) throws {
            var fields = try Fields(decoder)
            do throws(FieldError) {
                let id = try fields.required(
                    "id", ControlID.self, "a whole number below 2^53, or a text of at most 64 bytes")
                self.id = id
                request = .success(try ControlRequest(id: id, &fields))
            } catch {
                request = .failure(error)
            }
        }
    }

    private init(id: ControlID, _ fields: inout Fields) throws(FieldError) {
        self.id = id
        let name = try fields.required("do", String.self, "what to do, such as list")
        module = try fields.optional("module", ModuleSelector.self, "a number, an address, or all")
        switch name {
        case "hello": action = .hello
        case "list": action = .list
        case "sockets": action = .sockets
        case "report": action = .report
        case "metrics": action = .metrics
        case "watch":
            action = .watch(
                WatchOptions(
                    commands: try fields.optional("commands", Bool.self, "true or false") ?? false,
                    trace: try fields.optional("trace", Bool.self, "true or false") ?? false))
        case "unwatch": action = .unwatch
        case "wait":
            let timeout = try fields.optionalSeconds("timeout")
            action = .wait(try Condition(&fields), timeout: timeout)
        case "log_level": action = .logLevel(try fields.word("level", LevelName.self).level)
        default:
            guard let change = try Change(named: name, &fields) else {
                throw FieldError(
                    "do", expected: "one of \(Self.names.joined(separator: ", "))", got: FieldError.quote(name))
            }
            action = .change(change)
        }
        try fields.finish(name)
    }

    private static let names =
        ["hello", "list", "sockets", "report", "metrics", "watch", "unwatch", "wait", "log_level"] + Change.names
}

extension ControlRequest: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldKey.self)
        try container.put("id", id)
        try container.put("module", ifAny: module)
        func name(_ name: String) throws { try container.put("do", name) }
        switch action {
        case .hello: try name("hello")
        case .list: try name("list")
        case .sockets: try name("sockets")
        case .report: try name("report")
        case .metrics: try name("metrics")
        case .watch(let options):
            try name("watch")
            if options.commands { try container.put("commands", true) }
            if options.trace { try container.put("trace", true) }
        case .unwatch: try name("unwatch")
        case .wait(let condition, let timeout):
            try name("wait")
            if let timeout { try container.put("timeout", timeout) }
            try condition.put(into: &container)
        case .logLevel(let level):
            try name("log_level")
            try container.put("level", LevelName(level).rawValue)
        case .change(let change): try change.put(into: &container)
        }
    }
}
