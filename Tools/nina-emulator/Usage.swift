import NINACoprocessorLinux

let usage = """
    nina-emulator: a WiFiNINA coprocessor on Linux sockets

    Each connection to its Unix socket is one coprocessor, freshly powered, with an IP address of its own.
    When hosts can connect it prints 'nina-emulator ready unix:PATH'; its log goes to stderr.
    With --attach it is the coprocessor behind an SPI controller and GPIO lines of this machine.

      --socket PATH           the link's socket; default $NINA_SOCKET, else $XDG_RUNTIME_DIR/nina.sock,
                              else nina-UID.sock in the temporary directory. A live one is refused.
      --attach DEVICE         be the coprocessor of a device of the kernel module in Tools/kernel, /dev/nina0 say (repeatable);
                              without --socket there is no socket then
      --firmware PROFILE      the firmware to be (modern); --list-firmware names all
      --address ADDR          the address of every coprocessor; default: each the next of 127.1.0.1, 127.1.1.1, ...
      --port-offset N         port P of a coprocessor is port P + N of this machine
      --port-map DEVICE=HOST  port DEVICE of a coprocessor is port HOST of this machine (repeatable)
      --network 'SSID[,passphrase=P or *][,user=U,password=P][,security=open|wep|wpa|wpa2][,channel=N]
                 [,rssi=N][,bssid=X][,ip=A/N][,gateway=A][,dns=A]'
                              a network in reach, instead of the default ones: lab-net with the passphrase
                              correct-horse, and the open open-net (repeatable)
      --storage DIR           where files and preferences are kept, made if it is not there: DIR/1 for the first coprocessor
                              that uses them, DIR/2 for one that does at the same time. A host that connects again finds
                              its own again. One emulator at a time. Default: a temporary directory, removed at the end
      --host NAME=ADDR        a name answered without a look-up (repeatable)
      --ca-file FILE          the authorities that TLS clients trust (PEM), instead of the system's
      --tls-library PATH      OpenSSL's libssl 3, instead of the system's; without one TLS connections fail
      --max-sockets N         slots of a coprocessor, 1 to 64 (10)
      --backlog N             connections that wait for a server's accept (16)
      --overflow queue|reset|drop
                              connections without a free slot wait (queue), are reset, or get no answer (drop)
      --sockets-without-join  outgoing connections work without a Wi-Fi connection (servers always do)
      --time real|fixed:EPOCH|zero-for:SECONDS
                              the time of day that GET_TIME tells (real)
      --wifi-delay MS         how long a join or a scan takes (30)
      --hci unix:PATH | tcp:HOST:PORT
                              a Bluetooth controller that speaks H4; without one BLE_BEGIN fails
      --once                  exit when the first host that has connected has gone
      --log-level LEVEL       error, warning, info (default) or debug
      --list-firmware         the firmware profiles as a table, with their quirks
      --print-capabilities    the same as JSON, with the commands each serves
      --version, --help

    A server on a privileged port that may not be bound is put at port + 8000; the log says where it is reachable.
    Exit status: 0, 2 for wrong usage, 3 when an address, the socket, a device or the storage is not
    available.

    """
