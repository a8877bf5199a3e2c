import Foundation
import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Names that try to leave the directory, sent as commands to a coprocessor on a real one.
@Suite(.timeLimit(.minutes(10))) struct HostileNamesTests {
    private static let parts = [
        "..", ".", "/", "//", "\0", "a", "b", "secret", "outside", "link", "linked", "hard", "fifo", "files",
        "preferences", "1",
        "lock", "~", "*", "%2E%2E", "%2F", "\\", "..\\", "ä", "\u{202E}", "\u{1F600}", " ", "\n", "\u{7F}", "-rf", "fs",
        "etc",
        "passwd", ".being-written-and-not-yet-whole.1",
    ].map { Array($0.utf8) }

    private func hostileName(_ random: inout RandomSource) -> [UInt8] {
        var name: [UInt8] = []
        switch random.below(10) {
        case 0..<4:
            for _ in 0...random.below(5) { name += Self.parts[random.below(Self.parts.count)] }
        case 4:
            let steps = Array(repeating: Array("../".utf8), count: 1 + random.below(12)).flatMap { $0 }
            name = steps + Array("outside/secret".utf8)
        case 5: name = Self.parts[random.below(Self.parts.count)]
        case 6: name = Array(repeating: UInt8(ascii: "n"), count: random.below(250))
        case 7: for _ in 0..<random.below(40) { name.append(UInt8(random.below(256))) }
        case 8: name = Array("/etc/passwd".utf8)
        default: name = [UInt8(random.below(256))]
        }
        return Array(name.prefix(250))
    }

    private func path(_ random: inout RandomSource) -> [UInt8] {
        let roots = ["/fs/", "/fs/", "/fs/", "/fs/", "/fs", "", "/", "/fs//", "/fs/./", "/fs/../", "/FS/"]
        return Array((Array(roots[random.below(roots.count)].utf8) + hostileName(&random)).prefix(255))
    }

    private static let secret = "only for those outside"

    @Test func namesStayInside() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/outside", withIntermediateDirectories: false)
        try scratch.write("outside/secret", Self.secret)
        try scratch.write("outside/linked", "the other name of a file inside")
        let volume = try DirectoryVolume(try Directory(creating: scratch.path + "/1"))
        let files = "\(scratch.path)/1/files"
        let links = [
            "link": "../../outside/secret", "linked": "../../outside", "b": "/etc/passwd", "a": "../../outside/new",
        ]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(atPath: "\(files)/\(name)", withDestinationPath: target)
        }
        try FileManager.default.linkItem(atPath: "\(scratch.path)/outside/linked", toPath: "\(files)/hard")
        #expect(mkfifo("\(files)/fifo", 0o600) == 0)

        let device = Coprocessor(network: VirtualNetwork(), storage: ImmediateStorage(volume))
        let now = MonotonicInstant(nanoseconds: 1)
        #expect(device.boot(bluetooth: false, at: now))
        var random = RandomSource("namesStayInside")
        var writer = FrameWriter()
        var answered = 0
        let count = testRounds(2500, long: 10_000)
        for number in 0..<count {
            let path = path(&random)[...]
            switch number % 7 {
            case 0: try writer.write(WriteFile(offset: 0, path: path, data: "inside".bytes))
            case 1: try writer.write(ReadFile(offset: 0, count: 255, path: path))
            case 2: try writer.write(DeleteFile(path: path))
            case 3: try writer.write(ExistsFile(path: path))
            case 4: try writer.write(RenameFile(old: path, new: self.path(&random)[...]))
            case 5:
                try writer.write(PrefEnd())
                _ = try run(device, writer.frame, now)
                var begin = PrefBegin()
                begin.name = hostileName(&random).prefix(255)[...]
                try writer.write(begin)
            default: try writer.write(PrefPut(key: hostileName(&random)[...], type: .u8, value: [UInt8(number % 256)]))
            }
            let reply = try run(device, writer.frame, now)
            answered += 1
            #expect(!String(decoding: reply, as: UTF8.self).contains("only for"), "\(path.hex)")
        }
        print("\(answered) hostile names")
        #expect(answered == count)
        // Outside nothing has changed; inside are the prepared entries and plain files.
        #expect(try scratch.names("") == ["1", "outside"])
        #expect(try scratch.names("1") == ["files", "preferences"])
        #expect(try scratch.names("outside") == ["secret", "linked"])
        #expect(scratch.read("outside/secret") == Self.secret)
        #expect(scratch.read("outside/linked") == "the other name of a file inside")
        for (name, target) in links {
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\(name)") == target)
        }
        let unfinished = String(decoding: Directory.temporaryPrefix, as: UTF8.self)
        for directory in ["1/files", "1/preferences"] {
            #expect(try scratch.names(directory).allSatisfy { !$0.hasPrefix(unfinished) })
        }
    }

    private func run(_ device: Coprocessor, _ frame: [UInt8], _ now: MonotonicInstant) throws -> [UInt8] {
        var reply: [UInt8] = []
        guard !device.run(frame[...], reply: &reply, at: now) else { return reply }
        try #require(device.finish(into: &reply, at: now))
        return reply
    }
}
