import Foundation
import LinuxIO
import LinuxProcesses
import Testing

/// Options that cannot be used end the emulator at its start, with a message and advice about that option.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StartTests {
    /// A folder with a folder, and with a symbolic link to itself.
    private final class Folder {
        let path = "\(Environment.temporaryDirectory)/nina-test-start-\(Environment.processID)"
        init() throws {
            try FileManager.default.createDirectory(atPath: path + "/folder", withIntermediateDirectories: true)
            try? FileManager.default.createSymbolicLink(atPath: path + "/loop", withDestinationPath: path + "/loop")
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test(arguments: [
        ("--ca-file", "folder", "EISDIR", "--ca-file needs a file"), ("--ca-file", "none", "ENOENT", "no such file"),
        ("--ca-file", "loop", "ELOOP", "--ca-file: the path has symbolic links"),
        ("--storage", "loop", "", "choose another --storage"),
        ("--socket", "loop/nina.sock", "ELOOP", "choose another --socket"),
        ("--attach", "loop", "ELOOP", "symbolic links"), ("--attach", "folder", "ENOTTY", "not a device"),
    ])
    func aPathThatCannotBeUsedIsExplained(option: String, name: String, errno: String, hint: String) throws {
        let folder = try Folder()
        let socket = option == "--socket" ? [] : ["--socket", EmulatorUnderTest.freshSocketPath()]
        let result = try ProcessTests.run("nina-emulator", socket + [option, "\(folder.path)/\(name)"])
        #expect(result.status == .exited(3))
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(errno) || errno.isEmpty, "\(result.errors)")
        #expect(result.errors.contains(hint), "\(result.errors)")
    }

    @Test func passphrasesOfEveryKindAreTaken() throws {
        for network in [
            "x,passphrase=eight888", "x,passphrase=*", "x,security=wep,passphrase=ABCDE",
            "x,passphrase=" + String(repeating: "b", count: 63), "x,passphrase=" + String(repeating: "aF", count: 32),
        ] {
            #expect(try EmulatorUnderTest(["--network", network]).end() == .exited(0))
        }
    }

    @Test func aPortMayBeMappedTwiceAlike() throws {
        let options = ["--port-map", "80=8080", "--port-map", "80=8080", "--port-map", "81=8081"]
        #expect(try EmulatorUnderTest(options).end() == .exited(0))
    }

    /// A copy of nina without nina-emulator beside it.
    @Test func ninaSaysWhereItLookedForItsEmulator() throws {
        let folder = try Folder()
        let copy = folder.path + "/nina"
        try FileManager.default.copyItem(atPath: try EmulatorUnderTest.program("nina"), toPath: copy)
        let alone = try ProcessTests.run(
            path: copy, ["demo"], environment: ["NINA_EMULATOR": "", "NINA_TRANSPORT": ""])
        #expect(alone.status == .exited(1))
        #expect(alone.errors.contains("\(folder.path)/nina-emulator"), "\(alone.errors)")

        let wrong = try ProcessTests.run(
            "nina", ["demo"], environment: ["NINA_EMULATOR": "/no/such/emulator", "NINA_TRANSPORT": ""])
        #expect(wrong.status == .exited(1))
        #expect(wrong.errors.contains("NINA_EMULATOR names /no/such/emulator"), "\(wrong.errors)")
    }
}
