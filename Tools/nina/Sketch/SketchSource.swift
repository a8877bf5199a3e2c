/// The C++ source of a sketch, made of its `.ino` files as Arduino's builder makes it: the files one after another, and a
/// prototype of each function before the first one, so that functions can be called above their definitions.
///
/// As there, a prototype has no default arguments, and types that it names must be above the first function.
struct SketchSource {
    /// A file: its path, for error messages, and its bytes.
    typealias Tab = (path: String, bytes: [UInt8])

    let text: [UInt8]
    /// The names of the functions in the order of their definitions.
    let functions: [String]

    init(_ tabs: [Tab]) {
        let scans = tabs.map { SketchScan($0.bytes) }
        functions = scans.flatMap { $0.functions.map(\.name) }
        var text = Array("#include <Arduino.h>\n".utf8)
        var isPending = !functions.isEmpty
        for (tab, scan) in zip(tabs, scans) {
            text += Self.line(1, tab.path)
            guard isPending, let first = scan.functions.first else {
                text += tab.bytes + [UInt8(ascii: "\n")]
                continue
            }
            isPending = false
            text += tab.bytes[..<first.start] + [UInt8(ascii: "\n")]
            for (tab, scan) in zip(tabs, scans) {
                for function in scan.functions {
                    // A prototype holds under the conditions of its function.
                    text += function.conditions.joined()
                    text += Self.line(function.line, tab.path) + function.prototype + Array(";\n".utf8)
                    text += function.endings
                }
            }
            text += Self.line(first.line, tab.path) + tab.bytes[first.start...] + [UInt8(ascii: "\n")]
        }
        self.text = text
    }

    /// Makes the compiler's messages name a line of the sketch.
    private static func line(_ number: Int, _ path: String) -> [UInt8] {
        var name: [UInt8] = []
        for byte in path.utf8 {
            if byte < 0x20 {
                // A line end would end the directive.
                let digits = String(byte, radix: 8)
                name += Array("\\\(String(repeating: "0", count: 3 - digits.utf8.count))\(digits)".utf8)
                continue
            }
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { name.append(UInt8(ascii: "\\")) }
            name.append(byte)
        }
        return Array("#line \(number) \"".utf8) + name + Array("\"\n".utf8)
    }
}

/// A function that a file defines outside of any block.
struct SketchFunction {
    let name: String
    /// Where its definition begins: the offset, and the line from 1.
    let start: Int
    let line: Int
    let prototype: [UInt8]
    /// The lines of the preprocessor that it is within, the outermost first, such as `#ifdef A` and `#else`.
    let conditions: [[UInt8]]

    /// Ends the conditions.
    var endings: [UInt8] {
        let count = conditions.count { $0.starts(with: "#if".utf8) }
        return (0..<count).flatMap { _ in Array("#endif\n".utf8) }
    }
}
