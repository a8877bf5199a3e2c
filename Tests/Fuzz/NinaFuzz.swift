// The fuzzer: libFuzzer drives FuzzInput. Only a build with -DLIBFUZZER and the sanitizer's flags contains it, see
// Tools/soak. Other builds make a program that replays files, to reproduce a finding without a sanitizer.

import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// Plays an input; a violation of the contract ends the process, which the fuzzer reports as a crash.
private func play(_ bytes: [UInt8]) {
    do {
        let breaches = try FuzzInput.play(bytes[...])
        precondition(breaches.isEmpty, breaches.joined(separator: "; "))
    } catch {
        fatalError("the session broke: \(error)")
    }
}

#if LIBFUZZER
/// libFuzzer's own main under another name: it parses the options and calls back with inputs.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The symbol that libFuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    play(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
#endif

@main struct NinaFuzz {
    static func main() {
        #if LIBFUZZER
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
        #else
        let paths = CommandLine.arguments.dropFirst()
        if paths.isEmpty { print("usage: nina-fuzz FILE...: plays inputs of the fuzzer") }
        for path in paths {
            guard let file = fopen(path, "rb") else { fatalError("cannot read \(path)") }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
            fclose(file)
            play(bytes)
        }
        #endif
    }
}
