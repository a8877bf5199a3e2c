import LinuxLibc

/// The name of a system call, as a literal that is formatted only when printed.
public struct CallName: ExpressibleByStringLiteral, Equatable, Sendable, CustomStringConvertible {
    private let literal: StaticString

    /// Wraps the literal.
    public init(stringLiteral value: StaticString) {
        literal = value
    }

    /// The name.
    public var description: String { literal.description }

    /// Whether both spell the same name.
    public static func == (left: CallName, right: CallName) -> Bool {
        left.description == right.description
    }
}

/// A failed system call: its name, its argument, and the error number.
public struct LinuxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call that failed.
    public let call: CallName
    /// The error number.
    public let errno: Errno
    /// What the call was applied to (a path, an address, a descriptor); may be empty.
    public let context: String

    /// An error with a known number.
    public init(_ call: CallName, _ errno: Errno, _ context: String = "") {
        self.call = call
        self.errno = errno
        self.context = context
    }

    /// The error of the last call, with the number from `errno`.
    public static func current(_ call: CallName, _ context: @autoclosure () -> String = "") -> LinuxError {
        let errno = Errno.current
        return LinuxError(call, errno, context())
    }

    /// For example "bind 127.0.0.1:80: EACCES (Permission denied)".
    public var description: String {
        context.isEmpty ? "\(call): \(errno)" : "\(call) \(context): \(errno)"
    }
}

/// Repeats a call that returns -1 on failure while it fails with EINTR.
@inline(__always)
package func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || LinuxLibc.errno != EINTR { return result }
    }
}
