import Glibc
import LinuxIO
import LinuxProcesses
import Testing

/// Certificates created for this run with the `openssl` command; `Tests/Peers/make_certificates` describes each one.
struct TestCertificates {
    let folder: String

    /// Created once; the folder is removed when the process ends.
    static func shared() throws -> TestCertificates {
        try made.get()
    }

    private static let made = Result { try TestCertificates() }

    private init() throws {
        folder = "\(Environment.temporaryDirectory)/nina-certificates-\(Environment.processID)"
        let program = try Peers.path("make_certificates")
        let child = try ChildProcess("/usr/bin/env", ["sh", "-c", "mkdir -p '\(folder)' && '\(program)' '\(folder)'"])
        let status = try child.wait(timeoutNanoseconds: 60_000_000_000)
        try #require(status == .exited(0), "make_certificates needs the openssl command; its log is in \(folder)")
        atexit {
            guard let folder = try? TestCertificates.made.get().folder else { return }
            let child = try? ChildProcess("/usr/bin/env", ["rm", "-rf", folder])
            _ = try? child?.wait(timeoutNanoseconds: 10_000_000_000)
        }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] {
        let file = open(path(name), O_RDONLY)
        guard file >= 0 else { throw LinuxError("open", .noEntry, path(name)) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// The point of a P-256 key: the last 65 bytes of its SubjectPublicKeyInfo.
    func point(_ name: String) throws -> [UInt8] { Array(try bytes("\(name).key.der").suffix(65)) }

    /// The subject of a certificate in DER: the sixth element of the signed part.
    func subject(_ name: String) throws -> [UInt8] {
        let certificate = try bytes("\(name).der")[...]
        let signed = try Self.content(Self.content(certificate))
        var rest = signed
        for _ in 0..<5 { rest = rest.dropFirst(try Self.length(rest)) }
        return Array(rest.prefix(try Self.length(rest)))
    }

    /// The header of a DER element, and its content.
    private static func header(_ bytes: ArraySlice<UInt8>) throws -> (header: Int, content: Int) {
        let bytes = Array(bytes.prefix(4))
        try #require(bytes.count == 4)
        switch bytes[1] {
        case 0x81: return (3, Int(bytes[2]))
        case 0x82: return (4, Int(bytes[2]) << 8 | Int(bytes[3]))
        default: return (2, Int(bytes[1]))
        }
    }

    private static func length(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let (header, content) = try header(bytes)
        return header + content
    }

    private static func content(_ bytes: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        let (header, content) = try header(bytes)
        return bytes.dropFirst(header).prefix(content)
    }
}

/// Programs that act as external peers.
enum Peers {
    /// The path of a program in Tests/Peers.
    static func path(_ name: String) throws -> String {
        let own = #filePath
        let tests = try #require(own.range(of: "/EndToEndTests/"))
        return own[..<tests.lowerBound] + "/Peers/\(name)"
    }
}
