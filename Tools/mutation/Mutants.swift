import LinuxLibc

// The module that mutated sources import; the tool that copies it adds the operators that take the place of those of the
// sources. One build has all mutants, and NINA_MUTANT turns on one of them by its number.

private let active = getenv("NINA_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0
private let trace = getenv("NINA_MUTANT_TRACE").map { Trace(path: String(cString: $0)) }

/// A file with the numbers of the mutants that the process has reached.
private final class Trace: @unchecked Sendable {
    private let path: String
    /// One byte for each mutant: whether the file has it. Two threads may both write a number; that does no harm.
    private let isNoted = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)

    init(path: String) {
        self.path = path
        isNoted.initialize(repeating: 0, count: 1 << 16)
    }

    /// Opens the file for each line: a program that counts its descriptors finds none of its own.
    func note(_ mutant: Int) {
        guard isNoted[mutant] == 0 else { return }
        isNoted[mutant] = 1
        let saved = errno
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if file >= 0 {
            let line = "\(mutant)\n"
            _ = line.withCString { write(file, $0, strlen($0)) }
            close(file)
        }
        errno = saved
    }
}

/// Whether a mutant is turned on.
public func isOn(_ mutant: Int) -> Bool {
    if let trace { trace.note(mutant) }
    return mutant == active
}

/// A condition, negated by a mutant.
public func negated(_ mutant: Int, _ value: Bool) -> Bool { isOn(mutant) ? !value : value }

/// A constant, changed by a mutant.
public func changed<T: FixedWidthInteger>(_ mutant: Int, _ value: T, by difference: T, up: Bool) -> T {
    isOn(mutant) ? (up ? value &+ difference : value &- difference) : value
}

/// `min`, which a mutant makes `max`.
public func least<T: Comparable>(_ mutant: Int, _ first: T, _ second: T) -> T {
    isOn(mutant) ? max(first, second) : min(first, second)
}

/// `min` of three, which a mutant makes `max`.
public func least<T: Comparable>(_ mutant: Int, _ first: T, _ second: T, _ third: T) -> T {
    isOn(mutant) ? max(first, second, third) : min(first, second, third)
}

/// `max`, which a mutant makes `min`.
public func greatest<T: Comparable>(_ mutant: Int, _ first: T, _ second: T) -> T {
    isOn(mutant) ? min(first, second) : max(first, second)
}
