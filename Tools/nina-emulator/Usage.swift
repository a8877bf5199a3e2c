import NINACoprocessorLinux

/// The text of `--help`: at most 80 columns; every option with its meaning and its default.
let usage = """
    nina-emulator: a WiFiNINA coprocessor whose sockets are Linux sockets

    Each connection to its Unix socket is one coprocessor, freshly powered, with an
    IP address of its own. When hosts can connect it prints
    'nina-emulator ready unix:PATH'. Its log goes to stderr. Ctrl-C ends it.

    The link
      --socket PATH     Unix socket of the link. Refused when another emulator
                        listens there. Default: $NINA_SOCKET, else
                        $XDG_RUNTIME_DIR/nina.sock, else nina-UID/nina.sock in the
                        temporary directory, a folder closed to other users
      --socket-mode MODE
                        mode of the socket, octal: who may connect. 0660 lets the
                        group in; such hosts name this user: unix:PATH,uid=N.
                        Default: 0600
      --attach DEVICE   be the coprocessor behind a device of the kernel module in
                        Tools/kernel, such as /dev/nina0. Repeatable. There is then
                        a Unix socket only with --socket. Default: none
      --once            exit when the first host that greeted has disconnected.
                        Default: off
      --timeout SECONDS with --once: exit with status 42 if no host has come by
                        then, or if it is still there; 1 to 86400. Default: none
      --end-with PID    exit when this process has ended, for programs that start an
                        emulator and may be killed. Default: none

    The module
      --firmware PROFILE
                        firmware to imitate, with its version, commands and quirks;
                        --list-firmware lists the profiles. Default: modern, which
                        has no defects
      --max-sockets N   slots of a coprocessor, 1 to 64. Default: that of the
                        firmware, 10 for modern
      --backlog N       connections queued for a server until it accepts, 0 to 4096.
                        Default: that of the firmware, 16 for modern
      --send-buffer BYTES
                        bytes that a connection holds for a peer that does not take
                        them, 1 to 1073741824; then SEND_DATA finds no room.
                        Default: that of the firmware, 5744; for modern what Linux
                        allows
      --overflow queue|reset|drop
                        what happens to a connection while no slot is free: it
                        stays queued, is reset, or gets no answer. Default: queue
      --storage DIR     directory of files and preferences; created if missing.
                        DIR/1 belongs to the first coprocessor that uses them, DIR/2
                        to one that does at the same time. A host that reconnects
                        finds its own again. One emulator at a time.
                        Default: a temporary directory, removed at exit, or by the
                        next emulator's start if this one is killed
      --hci unix:PATH[,uid=N|any]|tcp:HOST:PORT
                        Bluetooth controller that speaks H4, for the HCI commands.
                        Each coprocessor has a connection of its own from BLE_BEGIN
                        to BLE_END. At a Unix socket the user N must listen, or
                        root; without uid= this user, or root.
                        Default: none, BLE_BEGIN fails

    The radio
      --network 'SSID[,KEY=VALUE...]'
                        a network in range, instead of the default ones. Repeatable.
                        No value contains a comma. Keys:
                          passphrase=P     8 to 63 characters or 64 hex digits, or
                                           a WEP key; * accepts any
                          user=U,password=P
                                           an enterprise network (WPA2)
                          security=open|wep|wpa|wpa2
                                           wpa2 with a passphrase, else open
                          channel=N        1 to 14, default 1
                          rssi=N           -127 to 0 dBm, default -60
                          bssid=XX:XX:XX:XX:XX:XX
                          ip=ADDR/BITS     address that the coprocessor reports; its
                                           servers stay where they are
                          gateway=ADDR     gateway that it reports
                          dns=ADDR         DNS server that it reports
                          reason=N         reason code of a refusal, 1 to 255, such
                                           as 2, 15, 202, 204; 15 by default: the
                                           handshake timed out
                        Default: lab-net with the passphrase correct-horse, and
                        open-net without one
      --wifi-delay MS   milliseconds that a join or a scan takes. Default: 30
      --sockets-without-join
                        allow outgoing connections and lookups without a Wi-Fi
                        connection; servers always work. Default: off
      --time real|fixed:EPOCH|zero-for:SECONDS
                        the time that GET_TIME returns after the first join: the
                        system's, a fixed one, or 0 until SECONDS after the
                        start. Default: real

    The network
      --address ADDR    IP address of every coprocessor, one of this machine.
                        Default: each its own: 127.1.0.1, 127.1.1.1, ...
      --address 0.0.0.0 --report-address ADDR
                        servers listen on all addresses of this machine, and
                        coprocessors report ADDR: for a container, the address that
                        reaches its published ports. Each --network with ip= reports
                        that instead. Default: the address is reported
      --keep-address    hold the address of the first coprocessor from the start,
                        also when its host has gone; printed before the line
                        'nina-emulator ready', as 'nina-emulator address ADDR'.
                        Default: off
      --port-offset N   port P of a coprocessor is port P + N of this machine.
                        Default: 0
      --port-map DEVICE=HOST
                        port DEVICE of a coprocessor is port HOST of this machine,
                        each 1 to 65535. Repeatable, each port once; overrides the
                        offset.
                        Default: none
      --host NAME=ADDR  a name that is resolved without DNS, to the address of a
                        machine. Repeatable. Default: none
      --ca-file FILE    certificate authorities that TLS clients trust, PEM.
                        Default: the system's
      --tls-library PATH
                        OpenSSL's libssl 3. Default: the system's libssl.so.3,
                        loaded for the first TLS connection; without one TLS
                        connections fail, and the log says so

    Information
      --log-level LEVEL error, warning, info or debug (every command).
                        Default: info
      --log-format text|json
                        json: one object per line with time, level, coprocessor,
                        address and text. Default: text, in color on a terminal
                        unless NO_COLOR is set
      --list-firmware   print the firmware profiles and their quirks as a table
      --print-capabilities
                        print the same as JSON, with the commands that each serves
      --version         print the version
      --help, -h        print this text

    A server on a privileged port that may not be bound gets port + 8000, unless
    --port-map or --port-offset places it; the log says where it is reachable.

    Exit status: 0; 2 for wrong usage; 3 when an address, the socket, a device, the
    storage, --ca-file or --tls-library cannot be used; 42 when the time of
    --timeout is over.

    """
