import LinuxIO
import LinuxProcesses
import NINAWire

/// A TLS server outside, and the client that is the floor: Python's ssl, which calls the system's OpenSSL.
final class TLSPeer {
    /// In the certificate.
    static let name = "bench.example"
    let port: UInt16
    /// The file of the server's certificate, which is its own authority.
    let certificate: String
    private let folder: TemporaryFolder
    private let server: ChildProcess
    private let lines: LineReader

    init() throws {
        TemporaryFolder.sweep(prefix: Self.prefix)
        let folder = try TemporaryFolder.make(prefix: Self.prefix)
        do {
            let path = folder.directory.path
            certificate = path + "/certificate.pem"
            try Self.makeCertificate(certificate, key: path + "/key.pem")
            server = try Self.python("serve", [certificate, path + "/key.pem"])
            guard let output = server.takeOutput() else { throw ToolError("the TLS server has no output") }
            lines = LineReader(output)
            guard case .line(let line) = try lines.nextLine(deadline: MonotonicClock.deadline(after: 10_000_000_000)),
                let port = UInt16(line)
            else { throw LeftOut("TLS: no server, which needs python3 with its module ssl") }
            self.port = port
        } catch {
            folder.remove()
            throw error
        }
        self.folder = folder
    }

    func stop() {
        try? server.terminate(Signals.kill)
        _ = try? server.wait(timeoutNanoseconds: 3_000_000_000)
        folder.remove()
    }

    private static let prefix = "nina-bench-"

    private static func makeCertificate(_ certificate: String, key: String) throws {
        let openssl = try ChildProcess(
            "/usr/bin/env",
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key, "-out", certificate, "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-days", "2",
            ], output: .discard, errors: .discard)
        guard try openssl.wait(timeoutNanoseconds: 20_000_000_000) == .exited(0) else {
            throw LeftOut("TLS: no certificate, which needs the program openssl")
        }
    }

    private static func python(_ action: String, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/env", ["python3", "-c", script, action] + arguments, output: .pipe, errors: .discard)
    }

    // MARK: The floor

    /// Connections per second.
    func handshakes(during nanoseconds: UInt64) throws -> Double { try floor("connect", nanoseconds) }

    /// Bytes per second, until the server has them all.
    func write(during nanoseconds: UInt64) throws -> Double {
        let rate = try floor("write", nanoseconds)
        _ = try receivedBytes()
        return rate
    }

    private func floor(_ action: String, _ nanoseconds: UInt64) throws -> Double {
        let client = try Self.python(
            action, [certificate, "\(port)", Self.name, "\(Double(nanoseconds) / 1e9)", "\(Frame.longestSend)"])
        guard let output = client.takeOutput(),
            case .line(let line) = try LineReader(output).nextLine(
                deadline: MonotonicClock.deadline(after: nanoseconds + 20_000_000_000)),
            let rate = Double(line)
        else { throw ToolError("Python's TLS client has failed") }
        _ = try client.wait(timeoutNanoseconds: 5_000_000_000)
        return rate
    }

    /// What the server has received over the last connection that carried bytes; waits for its end.
    func receivedBytes() throws -> Int {
        guard case .line(let line) = try lines.nextLine(deadline: MonotonicClock.deadline(after: 20_000_000_000)),
            let count = Int(line)
        else { throw ToolError("the TLS server does not say what it has received") }
        return count
    }

    /// The server ends with its parent. Connections without bytes are not reported.
    private static let script = """
        import os, socket, ssl, sys, time
        def serve(certificate, key):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            listener.settimeout(1)
            parent = os.getppid()
            print(listener.getsockname()[1], flush=True)
            buffer = bytearray(65536)
            while os.getppid() == parent:
                try:
                    plain, _ = listener.accept()
                except socket.timeout:
                    continue
                total = 0
                try:
                    with context.wrap_socket(plain, server_side=True) as client:
                        while count := client.recv_into(buffer):
                            total += count
                        if total:
                            print(total, flush=True)
                            client.unwrap()
                except OSError:
                    pass
        def connections(certificate, port, name, seconds):
            context = ssl.create_default_context(cafile=certificate)
            start = time.monotonic()
            while time.monotonic() - start < seconds:
                with socket.create_connection(("127.0.0.1", port)) as plain:
                    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    with context.wrap_socket(plain, server_hostname=name) as client:
                        yield client, start
        def connect(certificate, port, name, seconds, size):
            count = 0
            for client, start in connections(certificate, int(port), name, float(seconds)):
                count += 1
            print(count / (time.monotonic() - start), flush=True)
        def write(certificate, port, name, seconds, size):
            block = bytes(int(size))
            for client, _ in connections(certificate, int(port), name, float(seconds)):
                start = time.monotonic()
                count = 0
                while time.monotonic() - start < float(seconds):
                    for _ in range(16):
                        client.sendall(block)
                    count += 16 * len(block)
                client.unwrap().close()
                print(count / (time.monotonic() - start), flush=True)
                break
        {"serve": serve, "connect": connect, "write": write}[sys.argv[1]](*sys.argv[2:])

        """
}
