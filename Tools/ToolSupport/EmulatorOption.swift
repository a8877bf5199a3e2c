import NINAWire

/// The options of `nina-emulator`. In ToolSupport, because `nina run` accepts them too and `nina manual` describes them.
public enum EmulatorOption: String, ToolOption {
    case socket = "--socket"
    case socketMode = "--socket-mode"
    case attach = "--attach"
    case once = "--once"
    case timeout = "--timeout"
    case endWith = "--end-with"
    case firmware = "--firmware"
    case maxSockets = "--max-sockets"
    case backlog = "--backlog"
    case sendBuffer = "--send-buffer"
    case overflow = "--overflow"
    case timing = "--timing"
    case spiHz = "--spi-hz"
    case storage = "--storage"
    case hci = "--hci"
    case network = "--network"
    case wifiDelay = "--wifi-delay"
    case socketsWithoutJoin = "--sockets-without-join"
    case time = "--time"
    case address = "--address"
    case reportAddress = "--report-address"
    case keepAddress = "--keep-address"
    case portOffset = "--port-offset"
    case portMap = "--port-map"
    case host = "--host"
    case caFile = "--ca-file"
    case tlsLibrary = "--tls-library"
    case logLevel = "--log-level"
    case logFormat = "--log-format"
    case trace = "--trace"
    case traceSize = "--trace-size"
    case traceSecrets = "--trace-secrets"
    case control = "--control"
    case metrics = "--metrics"
    case listFirmware = "--list-firmware"
    case printCapabilities = "--print-capabilities"
    case version = "--version"
    case help = "--help"

    public var entry: OptionEntry {
        switch self {
        case .socket:
            link(
                .file("PATH"), "Unix socket of the link. Refused when another emulator listens there",
                "$NINA_SOCKET, else $XDG_RUNTIME_DIR/nina.sock, else nina-UID/nina.sock in the temporary directory, a folder "
                    + "closed to other users")
        case .socketMode:
            link(
                .text("MODE"),
                "mode of the socket, octal: who may connect. 0660 lets the group in; such hosts name this user: "
                    + "unix:PATH,uid=N", "0600")
        case .attach:
            link(
                .file("DEVICE"),
                "be the coprocessor behind a device of the kernel module in Tools/kernel, such as /dev/nina0. There is then "
                    + "a Unix socket only with --socket", "none", repeatable: true)
        case .once: link(.none, "exit when the first host that greeted has disconnected", "off")
        case .timeout:
            link(
                .text("SECONDS"),
                "with --once: exit with status 42 if no host has come by then, or if it is still there; 1 to 86400",
                "none")
        case .endWith:
            link(
                .text("PID"),
                "exit when this process has ended, for programs that start an emulator and may be killed", "none")
        case .firmware:
            module(
                .words(Firmware.all.map { "\($0.name)" }, placeholder: "PROFILE"),
                "firmware to imitate, with its version, commands and quirks; --list-firmware lists the profiles",
                "modern, which has no defects")
        case .maxSockets:
            module(.text("N"), "slots of a coprocessor, 1 to 64", "that of the firmware, 10 for modern")
        case .backlog:
            module(
                .text("N"), "connections queued for a server until it accepts, 0 to 4096",
                "that of the firmware, 16 for modern")
        case .sendBuffer:
            module(
                .text("BYTES"),
                "bytes that a connection holds for a peer that does not take them, 1 to 1073741824; then SEND_DATA finds no "
                    + "room", "that of the firmware, 5744; for modern what Linux allows")
        case .overflow:
            module(
                .words(["queue", "reset", "drop"]),
                "what happens to a connection while no slot is free: it stays queued, is reset, or gets no answer",
                "queue")
        case .timing:
            module(
                .words(["instant", "real"]),
                "how long things take; real: as on a Nano 33 IoT, as far as it is known: 0.66 ms for a short command, 750 ms to "
                    + "start, 3 s to join, 2.6 s to scan (--wifi-delay sets both), 6 s to notice that a network is gone. Every "
                    + "command takes the same time, and it takes effect when it arrives: only READY comes late",
                "instant")
        case .spiHz:
            module(
                .text("N"), "with --timing real: the clock of the SPI bus in Hz, 100000 to 80000000",
                "8000000, as WiFiNINA's")
        case .storage:
            module(
                .folder("DIR"),
                "directory of files and preferences; created if missing. DIR/1 belongs to the first coprocessor that uses "
                    + "them, DIR/2 to one that does at the same time. A host that reconnects finds its own again. One "
                    + "emulator at a time",
                "a temporary directory, removed at exit, or by the next emulator's start if this one is killed")
        case .hci:
            module(
                .text("unix:PATH[,uid=N|any]|tcp:HOST:PORT"),
                "Bluetooth controller that speaks H4, for the HCI commands. Each coprocessor has a connection of its own from "
                    + "BLE_BEGIN to BLE_END. At a Unix socket the user N must listen, or root; without uid= this user, or root",
                "none, BLE_BEGIN fails")
        case .network:
            radio(
                .text("SSID[,KEY=VALUE...]"),
                "a network in range, instead of the default ones. No value contains a comma",
                "lab-net with the passphrase correct-horse, and open-net without one", repeatable: true,
                Self.networkKeys)
        case .wifiDelay: radio(.text("MS"), "milliseconds that a join or a scan takes", "30, or as --timing real says")
        case .socketsWithoutJoin:
            radio(
                .none, "allow outgoing connections and lookups without a Wi-Fi connection; servers always work", "off")
        case .time:
            radio(
                .text("real|fixed:EPOCH|zero-for:SECONDS"),
                "the time that GET_TIME returns after the first join: the system's, a fixed one, or 0 until SECONDS after "
                    + "the start", "real")
        case .address:
            network(
                .text("ADDR"),
                "IP address of every coprocessor, one of this machine. With 0.0.0.0 servers listen on all addresses of this "
                    + "machine, for a container, and --report-address is needed",
                "each its own: 127.1.0.1, 127.1.1.1, ...")
        case .reportAddress:
            network(
                .text("ADDR"),
                "with --address: what coprocessors report as their address, such as the one that reaches the published ports "
                    + "of a container. Each --network with ip= reports that instead", "--address")
        case .keepAddress:
            network(
                .none,
                "hold the address of the first coprocessor from the start, also when its host has gone; printed before the "
                    + "line 'nina-emulator ready', as 'nina-emulator address ADDR'", "off")
        case .portOffset: network(.text("N"), "port P of a coprocessor is port P + N of this machine", "0")
        case .portMap:
            network(
                .text("DEVICE=HOST"),
                "port DEVICE of a coprocessor is port HOST of this machine, each 1 to 65535. Each port once; overrides the "
                    + "offset", "none", repeatable: true)
        case .host:
            network(
                .text("NAME=ADDR"), "a name that is resolved without DNS, to the address of a machine", "none",
                repeatable: true)
        case .caFile:
            network(.file("FILE"), "certificate authorities that TLS clients trust, PEM", "the system's")
        case .tlsLibrary:
            network(
                .file("PATH"), "OpenSSL's libssl 3",
                "the system's libssl.so.3, loaded for the first TLS connection; without one TLS connections fail, and the "
                    + "log says so")
        case .logLevel:
            information(
                .words(["error", "warning", "info", "debug"], placeholder: "LEVEL"),
                "error, warning, info or debug (every command)", "info")
        case .logFormat:
            information(
                .words(["text", "json"]),
                "how a line is written; json: one object per line with time, level, coprocessor, address and text",
                "text, in color on a terminal unless NO_COLOR is set")
        case .trace:
            information(
                .file("FILE"),
                "write what passes between hosts and coprocessors to a file, for nina decode and other programs. Its ending "
                    + "chooses the format: .jsonl, .pcapng (Wireshark) or .vcd (PulseView; the first coprocessor). What is in the "
                    + "file already is lost. Mode 0600; data that programs send and receive is in it", "none")
        case .traceSize:
            information(
                .text("MB"),
                "the most that a trace takes, 1 to 1048576: at half of it the file gets .1 in front of its ending, and another "
                    + "one begins", "256")
        case .traceSecrets:
            information(.none, "leave passphrases, keys and passwords in the trace", "they are overwritten by *")
        case .control:
            steering(
                .text("unix:PATH"),
                "socket of the control channel, for nina ctl and other programs: to look at coprocessors, to change what is around "
                    + "them, to wait for what they do. --socket-mode says who may connect; Protocol/control.md describes it",
                "none")
        case .metrics:
            steering(
                .text("ADDR:PORT"),
                "serve metrics for Prometheus at http://ADDR:PORT/metrics, an address of 127.0.0.0/8 or localhost. With port 0 a "
                    + "free one, printed as 'nina-emulator metrics URL' before the line 'nina-emulator ready'. Every user of this "
                    + "machine can read them; no data and no names of networks are in them", "none")
        case .listFirmware: information(.none, "print the firmware profiles and their quirks as a table")
        case .printCapabilities: information(.none, "print the same as JSON, with the commands that each serves")
        case .version: information(.none, "print the version")
        case .help: information(.none, "print this help", aliases: ["-h"])
        }
    }

    private func link(
        _ value: OptionEntry.Value, _ text: String, _ standard: String, repeatable: Bool = false
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, isRepeatable: repeatable, group: "The link")
    }

    private func module(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "The module")
    }

    private func radio(
        _ value: OptionEntry.Value, _ text: String, _ standard: String, repeatable: Bool = false, _ terms: [Term] = []
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, isRepeatable: repeatable, terms: terms, group: "The radio")
    }

    private func network(
        _ value: OptionEntry.Value, _ text: String, _ standard: String, repeatable: Bool = false
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, isRepeatable: repeatable, group: "The network")
    }

    private func steering(_ value: OptionEntry.Value, _ text: String, _ standard: String) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "Control")
    }

    private func information(
        _ value: OptionEntry.Value, _ text: String, _ standard: String? = nil, aliases: [String] = []
    ) -> OptionEntry {
        OptionEntry(value, text, standard: standard, group: "Information", aliases: aliases)
    }

    private static let networkKeys = [
        Term("passphrase=P", "8 to 63 characters or 64 hex digits, or a WEP key; * accepts any"),
        Term("user=U,password=P", "an enterprise network (WPA2)"),
        Term("security=open|wep|wpa|wpa2", "wpa2 with a passphrase, else open"),
        Term("channel=N", "1 to 14, default 1"),
        Term("rssi=N", "-127 to 0 dBm, default -60"),
        Term("bssid=XX:XX:XX:XX:XX:XX", "its hardware address"),
        Term("ip=ADDR/BITS", "address that the coprocessor reports; its servers stay where they are"),
        Term("gateway=ADDR", "gateway that it reports"),
        Term("dns=ADDR", "DNS server that it reports"),
        Term(
            "reason=N",
            "reason code of a refusal, 1 to 255, such as 2, 15, 202, 204; 15 by default: the handshake timed out"),
    ]

    /// Those that a page of another program names too.
    public static func all(where isNamed: (EmulatorOption) -> Bool) -> [NamedOption] {
        allCases.filter(isNamed).map(NamedOption.init)
    }

    /// What `nina-emulator --help` prints.
    public static let page = HelpPage(
        "nina-emulator", "a WiFiNINA coprocessor whose sockets are Linux sockets", options: EmulatorOption.self,
        hasManyOptions: true,
        [
            .text("A WiFiNINA coprocessor whose sockets are Linux sockets."),
            .text(
                "Each connection to its Unix socket is one coprocessor, freshly powered, with an IP address of its own. When "
                    + "hosts can connect it prints 'nina-emulator ready unix:PATH'. Its log goes to stderr. Ctrl-C ends it."
            ),
        ],
        end: [
            .text(
                "A server on a privileged port that may not be bound gets port + 8000, unless --port-map or --port-offset "
                    + "places it; the log says where it is reachable."),
            .terms(
                [
                    Term("0", "asked to end, or --once and the host has gone"),
                    Term("1", "the output could not be written"),
                    Term("2", "wrong usage"),
                    Term(
                        "3", "an address, the socket, a device, the storage, --ca-file or --tls-library cannot be used"),
                    Term("42", "the time of --timeout is over"),
                ], title: "Exit status:", section: "EXIT STATUS"),
        ])
}
