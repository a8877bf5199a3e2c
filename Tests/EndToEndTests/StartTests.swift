import Foundation
import LinuxIO
import LinuxProcesses
import TestThreads
import Testing

/// Options that cannot be used end the emulator at its start, with a message and advice about that option.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StartTests {
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

    /// In a mount namespace of its own the emulator sees an empty read-only file system.
    @Test(
        .enabled(if: Apart.isAllowed, "needs root to mount"),
        arguments: [("--storage", "data"), ("--socket", "nina.sock"), ("--storage", "data/deep")])
    func aReadOnlyFileSystemIsExplained(option: String, name: String) throws {
        let place = try Folder().path + "/folder"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let mount =
            "mount -t tmpfs -o mode=700 none \"$0\" && mkdir \"$0/data\" && rmdir \"$0/data\" && "
            + (name.contains("/") ? "mkdir \"$0/data\" && " : "") + "mount -o remount,ro \"$0\" && exec \"$@\""
        let socket = option == "--socket" ? [] : ["--socket", EmulatorUnderTest.freshSocketPath()]
        let program = try EmulatorUnderTest.program("nina-emulator")
        let result = try ProcessTests.run(
            path: "/usr/bin/unshare",
            ["--mount", "sh", "-c", mount, place, program] + socket + [option, "\(place)/\(name)"])
        #expect(result.status == .exited(3), "\(result.errors)")
        #expect(result.output.isEmpty)
        for words in ["\(place)/\(name)", "EROFS", "read-only", "choose another \(option)"] {
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    /// What was expected, what came, and in which part of the transport.
    @Test(arguments: [
        ("/dev/spidev0.0,cs=A,ready=B,busy=C", 2, ["cs, ready, reset, irq or hz instead of 'busy'"]),
        (",cs=A,ready=B", 2, ["spi:/dev/spidevB.C,cs=LINE,ready=LINE"]),
        ("/dev/spidev0.0,cs=A,ready=B,hz=fast", 2, ["'hz' to be a number from 1000 to 80000000"]),
        ("/dev/spidev0.0,cs=A,ready=B,hz=999", 2, ["'hz' to be a number from 1000 to 80000000"]),
        ("/dev/spidev0.0,cs=5,ready=B", 2, ["'cs' to be CHIP:OFFSET or the name of a line"]),
        ("/dev/spidev0.0,cs=A,ready=gpiochip0:x", 2, ["'ready' to be CHIP:OFFSET or the name of a line"]),
        ("/dev/spidev0.0,cs=A", 2, ["ready=LINE, the module's READY"]),
        ("/no/such/spidev0.0,cs=A,ready=B", 3, ["the SPI device", "ENOENT", "dtparam=spi=on"]),
        ("/dev/null,cs=A,ready=B", 3, ["the SPI device", "ENOTTY", "ls /dev/spidev* lists them"]),
    ])
    func aWrongWiringIsExplained(wiring: String, status: Int32, words: [String]) throws {
        for (arguments, environment) in [
            (["info", "--transport", "spi:\(wiring)"], ["NINA_TRANSPORT": ""]),
            (["info"], ["NINA_TRANSPORT": "spi:\(wiring)"]),
        ] {
            let result = try ProcessTests.run("nina", arguments, environment: environment)
            #expect(result.status == .exited(status))
            #expect(result.output.isEmpty)
            for text in words + ["spi:\(wiring)"] { #expect(result.errors.contains(text), "\(result.errors)") }
        }
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
