import ToolSupport

/// The pages of the commands: the text of their help, the manual and the completions are made from them.
enum Pages {
    static let all = [
        demo, run, sketch, example, info, probe, ctl, decode, report, watch, bench, commands, manual, completion,
    ]

    private static let demo = HelpPage(
        "nina demo", "serves a web site, by default through its own emulator", options: DemoOption.self,
        [
            .text(
                "Serves a web site through a coprocessor until Ctrl-C, and says which: the one of --transport or "
                    + "NINA_TRANSPORT, else an emulator that it starts.")
        ], end: transports)

    private static let run = HelpPage(
        "nina run", "runs a command, such as tests, with an emulator of its own", options: RunOption.self,
        operands: ["[OPTION OF NINA-EMULATOR]...", "-- COMMAND [ARGUMENT...]"],
        passesOn: EmulatorOption.all { !RunCommand.own.contains($0) },
        takesCommand: true,
        [
            .text(
                "Runs a command with an emulator of its own, and exits with its status. The command finds these variables:"
            ),
            .terms(
                [
                    Term("NINA_SOCKET", "the socket of the emulator"),
                    Term("NINA_TRANSPORT", "the same, as unix:PATH"),
                    Term(
                        "NINA_ADDRESS",
                        "the address of the first coprocessor, at which its servers are reached; each further one has an "
                            + "address of its own"),
                    Term("NINA_CONTROL", "its control channel, for nina ctl"),
                    Term("NINA_EMULATOR", "the path of nina-emulator, for tests that start others"),
                ], title: nil),
            .text("Options of the emulator are those of nina-emulator --help, but for --socket, --once and the like."),
        ],
        end: [
            .text(
                "SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 go to the command. When it has ended, or nina run was killed, nothing is "
                    + "left: no emulator, no process that the command has started, no file."),
            .terms(
                [
                    Term("1", "the command has ended with 0, and the scenario of --scenario has failed"),
                    Term("2", "wrong usage, or the emulator refuses an option"),
                    Term("42", "the time of --timeout is over"),
                    Term("121", "the emulator has ended before the command"),
                    Term(
                        "122",
                        "the folder of the socket cannot be made; it is in XDG_RUNTIME_DIR, else in the temporary directory"
                    ),
                    Term("123", "the file of --log cannot be written"),
                    Term("125", "the emulator cannot be started"),
                    Term("126", "the command cannot be run"),
                    Term("127", "there is no such command"),
                    Term("128 + N", "signal N has ended the command, or nina run before its start"),
                ], title: "Exit status: that of the command, or"),
            .examples(["nina run --firmware arduino-1.4.8 --timeout 60 -- python3 test_driver.py"]),
        ])

    private static let example = HelpPage(
        "nina example", "runs one of Arduino's example sketches, or lists them", options: ExampleOption.self,
        operands: ["[NAME]", "[-- OPTION OF NINA-EMULATOR...]"], words: sketches.map { $0.name },
        [
            .text(
                "Runs one of Arduino's example sketches until Ctrl-C. Without a name it lists them, with "
                    + "the options each uses.")
        ],
        end: [
            .examples([
                "nina example SimpleWebServerWiFi --port 8080",
                "nina example WiFiWebClient --host localhost --port 8000 -- \\",
                "    --firmware arduino-1.4.8",
            ])
        ] + transports)

    private static let info = HelpPage(
        "nina info", "prints firmware, addresses and networks of a coprocessor", options: InfoOption.self,
        [.text("Prints the firmware, hardware address, status, address and networks in range.")],
        end: transports + standardTransport)

    private static let probe = HelpPage(
        "nina probe", "checks the wires of a module one by one", options: ProbeOption.self,
        [
            .text(
                "Checks a module in ten steps, from the SPI device to the firmware. For the first step that fails it prints "
                    + "what was seen and what to do, and exits with 3. Wires and steps: RaspberryPi.md in "
                    + "Sources/WiFiNINA/WiFiNINA.docc.")
        ], end: transports + standardTransport)

    private static let bench = HelpPage(
        "nina bench", "measures commands, bytes, round trips, requests and TLS", options: BenchOption.self,
        [
            .text(
                "Measures what library, link and emulator cost, as ratios to floors that the same run measures without them."
            )
        ],
        end: [
            .text(
                "Each ratio has a line that says what it means. Figures of releases are in Tools/nina/Bench/README.md.")
        ] + transports)

    private static let commands = HelpPage(
        "nina commands", "prints every command of the protocol as JSON", options: CommandsOption.self,
        [
            .text(
                "Prints every command as JSON, made from the layouts that encode and decode it: Protocol/commands.json."
            )
        ])

    private static let manual = HelpPage(
        "nina manual", "prints a page of the manual, for man", options: NoOption.self,
        operands: [ManualCommand.programs.joined(separator: "|")], words: ManualCommand.programs,
        [
            .text("Prints the page of a program in the language mdoc, which man reads:"),
            .examples(["nina manual nina | man -l -"]),
        ])

    private static let completion = HelpPage(
        "nina completion", "prints the completion of options for a shell", options: NoOption.self,
        operands: [CompletionCommand.shells.joined(separator: "|")], words: CompletionCommand.shells,
        [
            .text("Prints a script by which a shell completes the options of nina and nina-emulator:"),
            .examples([
                "source <(nina completion bash)",
                "nina completion zsh > \"${fpath[1]}/_nina\"",
                "nina completion fish > ~/.config/fish/completions/nina.fish",
            ]),
        ])

    // MARK: Parts that several pages have

    private static let transports: [HelpPage.Block] = [
        .terms(
            [
                Term(
                    "unix:PATH[,uid=N|any]", "the socket of an emulator",
                    terms: [Term("uid", "the user who may listen there. Default: this user, or root")]),
                Term(
                    "spi:/dev/spidevB.C,cs=LINE,ready=LINE[,reset=LINE][,irq=LINE][,hz=N]",
                    "a module that is wired to this machine",
                    terms: [
                        Term("cs", "chip select, a line of its own (not CE0 or CE1)"),
                        Term("ready", "READY, also called BUSY or ACK"),
                        Term("reset, irq", "RESET, and IRQ (GPIO0 of the module). Default: none"),
                        Term("hz", "the clock. Default: 8000000"),
                        Term(
                            "LINE",
                            "the name of a line (GPIO5), or CHIP:OFFSET with the chip's name, label or device node "
                                + "(pinctrl-rp1:5); the kernel may renumber chips, names and labels stay"),
                    ]),
            ], title: "The transport selects the coprocessor:", section: "TRANSPORTS")
    ]

    private static let standardTransport: [HelpPage.Block] = [
        .text("Without --transport it is NINA_TRANSPORT, else the emulator's default socket, which NINA_SOCKET moves.")
    ]

    /// All of them: what `nina --help` prints, and the first part of the manual.
    static let summary = HelpPage(
        "nina", "tools for WiFiNINA coprocessors", options: SummaryOption.self, operands: ["COMMAND [ARGUMENT...]"],
        [
            .text("Tools for WiFiNINA coprocessors."),
            .terms(all.map { Term($0.name, $0.summary) }, title: nil),
            .terms(
                [Term("nina help COMMAND", "its options and their defaults; or nina COMMAND --help")], title: nil),
        ],
        end: transports + standardTransport + [
            .terms(
                [
                    Term("0", "success"), Term("1", "failure"), Term("2", "wrong usage"),
                    Term("3", "no coprocessor found, or a step of the probe has failed"),
                ], title: "Exit status; 'nina run' has its own:", section: "EXIT STATUS")
        ])
}
