import LinuxIO
import NINACoprocessor
import NINALink
import NINAWire

/// A part of an emulator that looks at its coprocessors and changes what is around them, such as a control channel. Without one an
/// emulator does nothing for it.
///
/// All calls come on the emulator's thread, which serves the hosts too: none of them may block.
public protocol EmulatorService: AnyObject {
    /// The emulator will run. What it throws ends the emulator's start.
    func start(_ emulator: Emulator) throws(LinuxError)
    /// A coprocessor is on.
    func poweredOn(_ module: EmulatedModule)
    /// A coprocessor is off.
    func poweredOff(_ number: UInt64)
    /// The emulator ends, or its start has failed. Called once.
    func close()
}

/// Runs work on an emulator's thread, from any other.
public struct EmulatorHandle: Sendable {
    private final class Reference {
        weak var emulator: Emulator?
        init(_ emulator: Emulator) { self.emulator = emulator }
    }

    private let mailbox: ReactorMailbox
    private let reference: ReactorBound<Reference>

    init(_ emulator: Emulator, _ reactor: Reactor) {
        mailbox = reactor.mailbox
        reference = ReactorBound(Reference(emulator), to: reactor)
    }

    /// Runs work between two events of the emulator. It is dropped if the emulator ends before.
    public func perform(_ work: @escaping @Sendable (Emulator) -> Void) {
        mailbox.postWithReactor { [reference] reactor in
            if let emulator = reference.value(on: reactor).emulator { work(emulator) }
        }
    }
}

extension Emulator {
    /// For work from other threads.
    public var handle: EmulatorHandle { EmulatorHandle(self, reactor) }
    /// The thread's reactor, for a service's own timer.
    public var serviceReactor: Reactor { reactor }

    /// The coprocessors that are powered on, in the order of their numbers.
    public var modules: [EmulatedModule] {
        connections.values.sorted { $0.id < $1.id }.map { EmulatedModule(connection: $0) }
    }

    /// The coprocessor with a number, while it is on.
    public func module(_ number: UInt64) -> EmulatedModule? {
        connections[number].map { EmulatedModule(connection: $0) }
    }

    /// The least important level that is logged from now on.
    public func setLogLevel(_ level: LogLevel) {
        log.level = level
        for connection in connections.values { connection.coprocessor.logLevel = level }
    }
}

/// A coprocessor of an emulator, as long as it is on.
public struct EmulatedModule {
    let connection: CoprocessorConnection

    /// Its number, as in the log and in traces, from 1.
    public var number: UInt64 { connection.id }
    /// Its address.
    public var address: IPv4Address { connection.address }
    /// Its hardware address.
    public var hardwareAddress: MACAddress { connection.hardwareAddress }
    /// Its settings.
    public var configuration: Configuration { connection.coprocessor.configuration }
    /// Whether its host has sent a greeting.
    public var isGreeted: Bool { connection.isGreeted }
    /// The device behind which it is; nil at the link's socket.
    public var devicePath: String? {
        if case .device(let path) = connection.channel { path } else { nil }
    }

    /// Its state.
    public func report() -> ModuleReport { connection.report() }

    /// Changes what is around it.
    public func apply(_ change: Change) throws(ChangeError) { try connection.apply(change) }

    /// Tells what happens on its link, besides the trace; nil ends it.
    public func watchLink(_ observer: (any LinkObserver)?) { connection.watcher = observer }

    /// Tells what happens in it, from inside: the body must not call it. Nil ends it.
    public func watchEvents(_ body: ((ModuleEvent) -> Void)?) { connection.coprocessor.onEvent = body }
}
