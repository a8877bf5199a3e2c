/// The output of `nina --help` and `nina COMMAND --help`, in lines of at most 80 characters.
enum Help {
    static let summary = """
        nina: tools for WiFiNINA coprocessors

          nina demo       serves a web site through an emulator of its own
          nina example    runs one of Arduino's example sketches, or lists them
          nina info       prints firmware, addresses and networks of a coprocessor
          nina probe      checks the wires of a module one by one
          nina bench      measures commands and bytes per second
          nina commands   prints every command of the protocol as JSON

          nina COMMAND --help   its options
          nina --version

        \(transports)
        Exit status: 0; 1 failure; 2 wrong usage; 3 no coprocessor found, or a step
        of the probe has failed.

        """

    /// The help of a command; nil for an unknown word.
    static func text(for command: String) -> String? {
        switch command {
        case "demo": demo
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
            uid           the user who may listen there; default this user or root
          spi:/dev/spidevB.C,cs=LINE,ready=LINE[,reset=LINE][,irq=LINE][,hz=N]
                          a module that is wired to this machine
            cs            chip select, a line of its own (not CE0 or CE1)
            ready         READY, also called BUSY or ACK
            reset, irq    RESET, and IRQ (GPIO0 of the module)
            hz            the clock; default 8000000
            LINE          the name of a line (GPIO5), or CHIP:OFFSET with the chip's
                          name, label or device node (pinctrl-rp1:5); the kernel may
                          renumber chips, names and labels stay
        Without --transport it is NINA_TRANSPORT, else the emulator's default socket,
        which NINA_SOCKET moves.

        """

    private static let demo = """
        nina demo [--port N] [--for SECONDS] [--quiet] [--transport T]
                  [--max-sockets N] [--overflow queue|reset|drop] [--address ADDR]
                  [--report-address ADDR] [--log-level LEVEL]

        Starts an emulator and serves a web site through it, until Ctrl-C.

          --port N          port of the web server; default 80. Where this user may not
                            bind it, this machine's port is N + 8000
          --for SECONDS     end after this time
          --quiet           no line for each connection and request
          --transport T     use an existing coprocessor; it joins lab-net
          --max-sockets, --overflow, --address, --report-address, --log-level
                            for the emulator: see nina-emulator --help

        \(transports)
        """

    private static let example = """
        nina example
        nina example NAME [--ssid S] [--pass P] [--user U] [--host H] [--port N]
                          [--led PIN] [--rounds N] [--every SECONDS]
                          [--transport T | -- OPTIONS OF NINA-EMULATOR]

        Runs one of Arduino's example sketches: setup(), then loop() until Ctrl-C.
        Without a name it lists them, with the options each uses.

          --ssid, --pass    the network and its passphrase; default lab-net
          --user            the user of an enterprise network
          --host, --port    the server that a client connects to, or a server's port
          --led PIN         the module's pin with the LED; default 26
          --rounds N        end when the sketch has done its work N times
          --every SECONDS   the time between two rounds
          --transport T     the coprocessor; without it and NINA_TRANSPORT the sketch
                            starts its own emulator, with the options after --

          nina example SimpleWebServerWiFi --port 8080
          nina example WiFiWebClient --host localhost --port 8000 -- \\
              --firmware arduino-1.4.8

        \(transports)
        """

    private static let info = """
        nina info [--transport T]

        Prints the firmware, hardware address, status, address and networks in range.

        \(transports)
        """

    private static let probe = """
        nina probe [--transport T]

        Checks a module in ten steps, from the SPI device to the firmware. For the first
        step that fails it prints what was seen and what to do, and exits with 3. Wires
        and steps: RaspberryPi.md in Sources/WiFiNINA/WiFiNINA.docc.

        \(transports)
        """

    private static let bench = """
        nina bench [--pin] [--json] [--seconds N] [--bsd]
        nina bench --fleet N [--pin] [--json]

        Measures commands and bytes per second through library, link and emulator, as
        ratios to a raw socket echo in the same run.

          --pin             all processes on one core: steadier
          --json            figures for programs
          --seconds N       how long; default 6
          --bsd             bytes go over BSD sockets instead of slots
          --fleet N         N coprocessors in one process: memory each, commands in all

        """

    private static let commands = """
        nina commands [--coverage]

        Prints every command as JSON, made from the layouts that encode and decode it:
        Protocol/commands.json.

          --coverage        which firmware profile serves which command, as Markdown:
                            Protocol/coverage.md

        """
}
