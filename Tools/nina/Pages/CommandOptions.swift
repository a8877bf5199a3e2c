import ToolSupport

enum SummaryOption: String, ToolOption {
    case help = "--help"
    case version = "--version"

    var entry: OptionEntry {
        switch self {
        case .help: OptionEntry(.none, "print this help", standard: nil, aliases: ["-h"])
        case .version: OptionEntry(.none, "print the version", standard: nil)
        }
    }
}

enum DemoOption: String, ToolOption {
    case port = "--port"
    case seconds = "--for"
    case idle = "--idle"
    case quiet = "--quiet"
    case transport = "--transport"
    case maxSockets = "--max-sockets"
    case overflow = "--overflow"
    case address = "--address"
    case reportAddress = "--report-address"
    case logLevel = "--log-level"

    var entry: OptionEntry {
        switch self {
        case .port:
            OptionEntry(
                .text("N"), "port of the web server",
                standard: "80; where this user may not bind it, an own emulator takes N + 8000 of this machine")
        case .seconds: OptionEntry(.text("SECONDS"), "end after this time", standard: "Ctrl-C ends it")
        case .idle:
            OptionEntry(
                .text("SECONDS"),
                "close a connection that gets no answer for so long, such as one that asks for nothing", standard: "5")
        case .quiet: OptionEntry(.none, "no line for each connection and request", standard: "off")
        case .transport:
            OptionEntry(
                .text("T"), "an existing coprocessor, which joins lab-net",
                standard: "NINA_TRANSPORT, else an own emulator")
        case .maxSockets: own(.maxSockets, "slots", "10")
        case .overflow: own(.overflow, "connections without a free slot", "queue")
        case .address: own(.address, "its address", "one of its own, 127.1.0.1")
        case .reportAddress: own(.reportAddress, "the address it reports", "--address")
        case .logLevel: own(.logLevel, "error, warning, info or debug", "warning")
        }
    }

    private func own(_ option: EmulatorOption, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(
            option.entry.value, text, standard: standard, group: "For an own emulator; see nina-emulator --help:")
    }
}

enum RunOption: String, ToolOption {
    case timeout = "--timeout"
    case log = "--log"

    var entry: OptionEntry {
        switch self {
        case .timeout:
            OptionEntry(
                .text("SECONDS"),
                "end the command after this time, in which the emulator starts, too; 1 to 86400", standard: "none")
        case .log:
            OptionEntry(
                .file("FILE"), "write the emulator's log to a file, or for - to stderr",
                standard: "its last 20 lines are on stderr if the command has failed")
        }
    }
}

enum ExampleOption: String, ToolOption {
    case ssid = "--ssid"
    case pass = "--pass"
    case user = "--user"
    case host = "--host"
    case port = "--port"
    case led = "--led"
    case rounds = "--rounds"
    case every = "--every"
    case transport = "--transport"

    var entry: OptionEntry {
        let sketch = "that of the sketch"
        return switch self {
        case .ssid: OptionEntry(.text("S"), "the network", standard: sketch + ", for most lab-net")
        case .pass: OptionEntry(.text("P"), "the passphrase of the network", standard: sketch)
        case .user: OptionEntry(.text("U"), "the user of an enterprise network", standard: sketch)
        case .host: OptionEntry(.text("H"), "the server that a client connects to", standard: sketch)
        case .port: OptionEntry(.text("N"), "the port of a server", standard: sketch)
        case .led: OptionEntry(.text("PIN"), "the module's pin with the LED", standard: "26")
        case .rounds:
            OptionEntry(.text("N"), "end when the sketch has done its work N times", standard: "Ctrl-C ends it")
        case .every: OptionEntry(.text("SECONDS"), "the time between two rounds", standard: sketch)
        case .transport:
            OptionEntry(
                .text("T"), "the coprocessor",
                standard: "NINA_TRANSPORT, else an emulator that it starts, with the options after --")
        }
    }
}

enum InfoOption: String, ToolOption {
    case transport = "--transport"

    var entry: OptionEntry {
        OptionEntry(
            .text("T"), "the coprocessor", standard: "NINA_TRANSPORT, else the socket of an emulator")
    }
}

enum ProbeOption: String, ToolOption {
    case transport = "--transport"

    var entry: OptionEntry {
        OptionEntry(
            .text("T"), "the module", standard: "NINA_TRANSPORT, else the socket of an emulator, which has no wires")
    }
}

enum CommandsOption: String, ToolOption {
    case coverage = "--coverage"

    var entry: OptionEntry {
        OptionEntry(
            .none, "which firmware profile serves which command, as Markdown: Protocol/coverage.md",
            standard: "the JSON")
    }
}

enum BenchOption: String, ToolOption {
    case commands = "--commands"
    case slots = "--slots"
    case echo = "--echo"
    case http = "--http"
    case tls = "--tls"
    case storage = "--storage"
    case fleet = "--fleet"
    case all = "--all"
    case pin = "--pin"
    case json = "--json"
    case seconds = "--seconds"
    case bsd = "--bsd"
    case transport = "--transport"

    var entry: OptionEntry {
        switch self {
        case .commands: what(.none, "commands and bytes per second", "this, if nothing is chosen")
        case .slots:
            what(
                .text("N,N..."),
                "commands with so many slots, all but 4 of which have an open connection: 10,64")
        case .echo: what(.none, "round trips of a client outside, to a program that blocks and one with tasks")
        case .http: what(.none, "requests per second of 1, 8 and 64 clients, to such programs")
        case .tls: what(.none, "TLS connections and bytes. Needs python3 and openssl")
        case .storage:
            what(
                .none,
                "durable changes of files and preferences, in TMPDIR, which must be on the disk that is to be measured")
        case .fleet:
            what(.text("N,N..."), "so many coprocessors in one process: memory of each, commands of all")
        case .all: what(.none, "all of these, with --slots 10,64 and --fleet 1,10,1000", "what is chosen")
        case .pin: how(.none, "all processes on one core: steadier", "off")
        case .json: how(.none, "one object for programs", "a table")
        case .seconds: how(.text("N"), "how long each of them is measured, from 0.1", "6")
        case .bsd: how(.none, "bytes go over BSD sockets", "over slots")
        case .transport:
            how(
                .text("T"),
                "the coprocessor; --slots, --tls, --storage and --fleet need an own emulator, and of a wired module only "
                    + "commands are measured", "an own emulator")
        }
    }

    private func what(
        _ value: OptionEntry.Value, _ text: String, _ standard: String = "not measured"
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "What to measure, one or more:")
    }

    private func how(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "How:")
    }
}
