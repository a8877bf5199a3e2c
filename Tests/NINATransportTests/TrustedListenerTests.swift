import Glibc
import LinuxIO
import NINALink
import NINATransport
import TestThreads
import Testing

/// A host does not use another user's socket.
@Suite(.timeLimit(.minutes(10))) struct TrustedListenerTests {
    /// The path of a socket in a directory that every user may enter.
    private func withPath(_ body: (String) throws -> Void) throws {
        var template = Array("\(Environment.temporaryDirectory)/nina-trust-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try #require(chmod(folder, 0o777) == 0)
        defer { rmdir(folder) }
        let path = folder + "/s"
        defer { unlink(path) }
        try body(path)
    }

    private var soon: MonotonicInstant { MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds() + 5_000_000_000) }

    @Test func parsesWhoMayListen() throws {
        for (text, transport) in [
            ("unix:/tmp/a", .unix(path: "/tmp/a")), ("unix:/tmp/a,uid=0", .unix(path: "/tmp/a", listener: .user(0))),
            ("unix:/tmp/a,uid=4294967295", .unix(path: "/tmp/a", listener: .user(.max))),
            ("unix:/tmp/a,uid=any", .unix(path: "/tmp/a", listener: .anyone)),
            // Only the end of the text is parsed as an option.
            ("unix:/tmp/a,b=c", .unix(path: "/tmp/a,b=c")),
            ("unix:/tmp/a,uid=5/s", .unix(path: "/tmp/a,uid=5/s")),
            ("unix:/tmp/a,uid=5,uid=any", .unix(path: "/tmp/a,uid=5", listener: .anyone)),
        ] as [(String, Transport)] {
            #expect(try Transport(parsing: text) == transport)
            #expect("\(transport)" == text)
        }
        for text in [
            "unix:/tmp/a,uid=", "unix:/tmp/a,uid=root", "unix:/tmp/a,uid=-1", "unix:/tmp/a,uid=4294967296",
            "unix:,uid=1",
        ] {
            #expect(throws: Transport.ParseError.self, "\(text)") { try Transport(parsing: text) }
        }
    }

    @Test func oneselfIsTrusted() throws {
        try withPath { path in
            let listener = try UnixSocket.listen(path: path)
            _ = try UnixStream(path: path, until: soon)
            _ = try UnixStream(path: path, listener: .user(Environment.userID), until: soon)
            _ = try UnixStream(path: path, listener: .anyone, until: soon)
            listener.close()
        }
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangerGetsNothing() throws {
        try withPath { path in
            let number = try Apart.asUser { try UnixSocket.listen(path: path).release() }
            let listener = FileDescriptor(adopting: number)
            do throws(TransportError) {
                _ = try Transport.unix(path: path).open()
                Issue.record("a stranger's socket was taken for an emulator's")
            } catch {
                #expect(error.stranger == Apart.stranger)
                #expect("\(error)".contains("user 65534 listens there"))
                #expect("\(error)".contains("unix:\(path),uid=65534"))
            }
            // It was connected, and received no byte.
            guard let accepted = try UnixSocket.accept(listener.rawValue) else {
                Issue.record("no connection")
                return
            }
            var bytes = [UInt8](repeating: 0, count: 16)
            let accepting = accepted.rawValue
            #expect(bytes.withUnsafeMutableBytes { UnixSocket.receive(accepting, into: $0) } == .endOfFile)
            let expected = LinkError(.system, .connect, code: EPERM)
            #expect(throws: expected) { try UnixStream(path: path, until: soon) }
            #expect(throws: expected) { try UnixStream(path: path, listener: .user(1), until: soon) }
            _ = try UnixStream(path: path, listener: .user(Apart.stranger), until: soon)
            _ = try UnixStream(path: path, listener: .anyone, until: soon)
            listener.close()
        }
    }

    /// A host without privileges trusts root, and its own user.
    @Test(.enabled(if: Apart.isAllowed, "only root can be somebody else")) func rootIsTrusted() throws {
        try withPath { path in
            let listener = try UnixSocket.listen(path: path)
            try #require(chmod(path, 0o666) == 0)
            try Apart.asUser {
                _ = try UnixStream(path: path, until: soon)
                _ = try UnixStream(path: path, listener: .user(1), until: soon)
            }
            listener.close()
        }
    }
}
