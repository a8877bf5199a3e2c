import CTestProcess
import Glibc

/// Runs code as another user, or in another network namespace, in a separate thread. Descriptors that it opens keep
/// that user or network.
public enum Apart {
    /// Whether this process is privileged enough; used as a condition of tests.
    public static var isAllowed: Bool { geteuid() == 0 }

    /// A user without rights.
    public static let stranger: UInt32 = 65534

    /// The error number of a failed system call during set-up.
    public struct Failure: Error { public let number: Int32 }

    /// Runs a body as a user.
    public static func asUser<R>(_ user: UInt32 = stranger, _ body: () throws -> R) throws -> R {
        try run(user: Int64(user), network: 0, body)
    }

    /// Runs a body in the network namespace of a process.
    public static func inNetwork<R>(of process: Int32, _ body: () throws -> R) throws -> R {
        try run(user: -1, network: process, body)
    }

    private static func run<R>(user: Int64, network: Int32, _ body: () throws -> R) throws -> R {
        try withoutActuallyEscaping(body) { body in
            let work = Work { Result { try body() } }
            let error = ctest_run_apart(
                user, network,
                { argument in
                    if let argument { Unmanaged<AnyWork>.fromOpaque(argument).takeUnretainedValue().run() }
                },
                Unmanaged<AnyWork>.passUnretained(work).toOpaque())
            guard error == 0, let result = work.result else { throw Failure(number: error) }
            return try result.get()
        }
    }
}

private class AnyWork {
    func run() {}
}

private final class Work<R>: AnyWork {
    private let body: () -> Result<R, any Error>
    private(set) var result: Result<R, any Error>?

    init(_ body: @escaping () -> Result<R, any Error>) { self.body = body }

    override func run() { result = body() }
}
