/// The output of `nina --help` and `nina COMMAND --help`, in lines of at most 80 characters.
enum Help {
    static let summary = """
        nina: tools for WiFiNINA coprocessors

          nina demo       serves a web site, by default through its own emulator
          nina run        runs a command, such as tests, with an emulator of its own
          nina example    runs one of Arduino's example sketches, or lists them
          nina info       prints firmware, addresses and networks of a coprocessor
          nina probe      checks the wires of a module one by one
          nina bench      measures commands, bytes, round trips, requests and TLS
          nina commands   prints every command of the protocol as JSON

          nina help COMMAND     its options and their defaults; or nina COMMAND --help
          nina --version        the version

        \(transports)\(standardTransport)
        Exit status: 0; 1 failure; 2 wrong usage; 3 no coprocessor found, or a step
        of the probe has failed. 'nina run' has its own.

        """

    /// The commands that have a page.
    static let commandNames = "demo, run, example, info, probe, bench and commands"

    /// The help of a command; nil for an unknown word.
    static func text(for command: String) -> String? {
        switch command {
        case "demo": demo
        case "run": run
        case "example": example
        case "info": info
        case "probe": probe
        case "bench": bench
        case "commands": commands
        default: nil
        }
    }

    private static let transports = """
        The transport selects the coprocessor:
          unix:PATH[,uid=N|any]
                          the socket of an emulator
            uid           the user who may listen there. Default: this user, or root
          spi:/dev/spidevB.C,cs=LINE,ready=LINE[,reset=LINE][,irq=LINE][,hz=N]
                          a module that is wired to this machine
            cs            chip select, a line of its own (not CE0 or CE1)
            ready         READY, also called BUSY or ACK
            reset, irq    RESET, and IRQ (GPIO0 of the module). Default: none
            hz            the clock. Default: 8000000
            LINE          the name of a line (GPIO5), or CHIP:OFFSET with the chip's
                          name, label or device node (pinctrl-rp1:5); the kernel may
                          renumber chips, names and labels stay

        """

    private static let standardTransport = """
        Without --transport it is NINA_TRANSPORT, else the emulator's default socket,
        which NINA_SOCKET moves.

        """

    private static let demo = """
        nina demo [--port N] [--for SECONDS] [--idle SECONDS] [--quiet]
                  [--transport T | --max-sockets N | --overflow queue|reset|drop |
                   --address ADDR | --report-address ADDR | --log-level LEVEL]

        Serves a web site through a coprocessor until Ctrl-C, and says which: the one of
        --transport or NINA_TRANSPORT, else an emulator that it starts.

          --port N          port of the web server. Default: 80; where this user may not
                            bind it, an own emulator takes N + 8000 of this machine
          --for SECONDS     end after this time. Default: Ctrl-C ends it
          --idle SECONDS    close a connection that gets no answer for so long, such as
                            one that asks for nothing. Default: 5
          --quiet           no line for each connection and request. Default: off
          --transport T     an existing coprocessor, which joins lab-net.
                            Default: NINA_TRANSPORT, else an own emulator

        For an own emulator; see nina-emulator --help:
          --max-sockets N   slots. Default: 10
          --overflow queue|reset|drop
                            connections without a free slot. Default: queue
          --address ADDR    its address. Default: one of its own, 127.1.0.1
          --report-address ADDR
                            the address it reports. Default: --address
          --log-level LEVEL error, warning, info or debug. Default: warning

        \(transports)
        """

    private static let run = """
        nina run [--timeout SECONDS] [--log FILE] [OPTIONS OF NINA-EMULATOR]
                 -- COMMAND [ARGUMENTS]

        Runs a command with an emulator of its own, and exits with its status. The
        command finds these variables:
          NINA_SOCKET       the socket of the emulator
          NINA_TRANSPORT    the same, as unix:PATH
          NINA_ADDRESS      the address of the first coprocessor, at which its servers
                            are reached; each further one has an address of its own

          --timeout SECONDS end the command after this time, counted from the start of
                            nina run; 1 to 86400. Default: none
          --log FILE        write the emulator's log to a file, or for - to stderr.
                            Default: its last 20 lines are on stderr if the command
                            has failed

        SIGINT, SIGTERM, SIGHUP and SIGQUIT go to the command. When it has ended, or
        nina run was killed, nothing is left: no emulator, no process that the command
        has started, no file.

        Exit status: that of the command, or
          2         wrong usage, or the emulator refuses an option
          42        the time of --timeout is over
          121       the emulator has ended before the command
          122       the folder of the socket cannot be made; it is in XDG_RUNTIME_DIR,
                    else in the temporary directory
          123       the file of --log cannot be written
          125       the emulator cannot be started
          126       the command cannot be run
          127       there is no such command
          128 + N   signal N has ended the command, or nina run before its start

          nina run --firmware arduino-1.4.8 --timeout 60 -- python3 test_driver.py

        """

    private static let example = """
        nina example
        nina example NAME [--ssid S] [--pass P] [--user U] [--host H] [--port N]
                          [--led PIN] [--rounds N] [--every SECONDS]
                          [--transport T | -- OPTIONS OF NINA-EMULATOR]

        Runs one of Arduino's example sketches: setup(), then loop() until Ctrl-C.
        Without a name it lists them, with the options each uses.

          --ssid, --pass    the network and its passphrase. Default: those of the
                            sketch, for most lab-net
          --user            the user of an enterprise network. Default: the sketch's
          --host, --port    the server that a client connects to, or a server's port.
                            Default: those of the sketch
          --led PIN         the module's pin with the LED. Default: 26
          --rounds N        end when the sketch has done its work N times.
                            Default: Ctrl-C ends it
          --every SECONDS   the time between two rounds. Default: that of the sketch
          --transport T     the coprocessor. Default: NINA_TRANSPORT, else an emulator
                            that it starts, with the options after --

          nina example SimpleWebServerWiFi --port 8080
          nina example WiFiWebClient --host localhost --port 8000 -- \\
              --firmware arduino-1.4.8

        \(transports)
        """

    private static let info = """
        nina info [--transport T]

        Prints the firmware, hardware address, status, address and networks in range.

          --transport T     the coprocessor. Default: NINA_TRANSPORT, else the socket
                            of an emulator

        \(transports)\(standardTransport)
        """

    private static let probe = """
        nina probe [--transport T]

        Checks a module in ten steps, from the SPI device to the firmware. For the first
        step that fails it prints what was seen and what to do, and exits with 3. Wires
        and steps: RaspberryPi.md in Sources/WiFiNINA/WiFiNINA.docc.

          --transport T     the module. Default: NINA_TRANSPORT, else the socket of an
                            emulator, which has no wires

        \(transports)\(standardTransport)
        """

    private static let bench = """
        nina bench [WHAT...] [--pin] [--json] [--seconds N] [--bsd] [--transport T]

        Measures what library, link and emulator cost, as ratios to floors that the same
        run measures without them.

        What to measure, one or more:
          --commands        commands and bytes per second. Default: this, if nothing is
                            chosen
          --slots N,N...    commands with so many slots, all but 4 of which have an open
                            connection: 10,64. Default: not measured
          --echo            round trips of a client outside, to a program that blocks
                            and one with tasks. Default: not measured
          --http            requests per second of 1, 8 and 64 clients, to such
                            programs. Default: not measured
          --tls             TLS connections and bytes. Needs python3 and openssl.
                            Default: not measured
          --storage         durable changes of files and preferences, in TMPDIR, which
                            must be on the disk that is to be measured.
                            Default: not measured
          --fleet N,N...    so many coprocessors in one process: memory of each,
                            commands of all. Default: not measured
          --all             all of these, with --slots 10,64 and --fleet 1,10,1000.
                            Default: what is chosen

        How:
          --pin             all processes on one core: steadier. Default: off
          --json            one object for programs. Default: a table
          --seconds N       how long each of them is measured. Default: 6
          --bsd             bytes go over BSD sockets. Default: over slots
          --transport T     the coprocessor; --slots, --tls, --storage and --fleet need
                            an own emulator, and of a wired module only commands are
                            measured. Default: an own emulator

        Each ratio has a line that says what it means. Figures of releases are in
        Tools/nina/Bench/README.md.

        \(transports)
        """

    private static let commands = """
        nina commands [--coverage]

        Prints every command as JSON, made from the layouts that encode and decode it:
        Protocol/commands.json.

          --coverage        which firmware profile serves which command, as Markdown:
                            Protocol/coverage.md. Default: the JSON

        """
}
