import CLinux
import LinuxLibc
import LinuxIO

/// The two ends of the channel for one output of a child.
struct ChildOutputEnds: ~Copyable {
    /// The descriptor number for the child's output, as the C shim expects it.
    let childNumber: Int32
    private var parentEnd: FileDescriptor?
    private var childEnd: FileDescriptor?

    init(_ output: ChildOutput) throws(LinuxError) {
        switch output {
        case .inherit: childNumber = CLINUX_OUTPUT_INHERIT
        case .discard: childNumber = CLINUX_OUTPUT_DISCARD
        case .pipe:
            var numbers: [Int32] = [-1, -1]
            guard clinux_pipe(&numbers) == 0 else { throw .current("pipe2") }
            parentEnd = FileDescriptor(adopting: numbers[0])
            childEnd = FileDescriptor(adopting: numbers[1])
            childNumber = numbers[1]
        }
    }

    /// Returns the parent's end and closes the child's.
    consuming func takeParentEnd() -> FileDescriptor? { parentEnd.take() }
}

/// Starts processes.
enum ProcessSpawner {
    /// Starts a program.
    /// - Parameter environment: variables that are added to the parent's environment, or replace those with the same
    ///   name.
    static func spawn(
        _ path: String, _ arguments: [String], environment additions: [String: String], output: Int32, errors: Int32
    ) throws(LinuxError) -> Int32 {
        let environment = Environment.list(adding: additions)
        let strings = [path] + arguments + environment
        guard !path.isEmpty, !strings.contains(where: { $0.utf8.contains(0) }) else {
            throw LinuxError("posix_spawn", .invalidArgument, "\(path): an empty path or a zero byte in a string")
        }
        let argumentList = CStringList(arguments)
        let environmentList = CStringList(environment)
        var pid: Int32 = 0
        let result = clinux_spawn(path, argumentList.pointer, environmentList.pointer, output, errors, &pid)
        guard result == 0 else { throw LinuxError("posix_spawn", Errno(rawValue: result), path) }
        return pid
    }
}

/// Strings in the form of `argv`.
final class CStringList {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        pointer.initialize(repeating: nil, count: count + 1)
        for (index, string) in strings.enumerated() {
            pointer[index] = strdup(string)
        }
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}

extension Environment {
    /// The whole environment as "NAME=value", with additions that replace variables of the same name.
    static func list(adding additions: [String: String]) -> [String] {
        var result: [String] = []
        var next = clinux_environment()
        while let entry = next?.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if additions[String(name)] == nil { result.append(text) }
            next = next?.successor()
        }
        for name in additions.keys.sorted() {
            result.append("\(name)=\(additions[name] ?? "")")
        }
        return result
    }
}
