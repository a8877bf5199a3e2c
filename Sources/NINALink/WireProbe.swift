import NINAWire

/// Tests the wires of a module one by one; each test relies on the wires tested before it.
public enum WireProbe {
    /// The steps, in order. The numbers are those of `nina probe`, where 1 and 2 are the SPI device and the lines.
    public enum Step: Int, CaseIterable, Sendable {
        /// READY is low when the module has booted.
        case readyLow = 3
        /// READY is high when the module is selected.
        case readyHigh
        /// READY is low again after a command.
        case command
        /// MISO changes.
        case input
        /// The bytes clocked in are the expected reply, every time.
        case reply
        /// RESET resets the module.
        case reset
        /// IRQ is connected, and low because nothing has happened yet.
        case interrupt
    }

    /// The faults that can be found.
    public enum Fault: Error, Equatable, Sendable {
        /// READY follows the host's resistors: nothing drives it.
        case readyOpen
        /// READY is high although the module was reset: it has no power, is held in reset, or another line is wired as
        /// READY.
        case readyNeverLow
        /// READY stays low although the module is selected: another line is wired as chip select, or the module does
        /// not run.
        case readyNeverHigh
        /// A command was clocked out and READY did not fall again.
        case commandNeverEnds
        /// MISO has the same level for every bit: not wired, swapped with MOSI, or not driven.
        case inputStuck(high: Bool)
        /// The module rejects the command as unknown at every clock rate: MOSI does not reach it.
        case commandLost
        /// Every bit arrives one position late at every clock rate: the SPI mode differs.
        case late
        /// Some replies are wrong at this clock rate, none at a slower one.
        case tooFast(hertz: UInt32, slower: UInt32)
        /// Some replies are wrong, at a slower clock rate too.
        case unsteady(wrong: Int, of: Int)
        /// The bytes clocked in are not a reply at any clock rate: the first of them.
        case garbled([UInt8])
        /// READY stays low while RESET is low and after it: the module keeps running.
        case resetDoesNothing
        /// IRQ follows the host's resistors: nothing drives it.
        case interruptOpen
        /// IRQ is high although the module has just been reset.
        case interruptHigh
        /// A system call failed.
        case link(LinkError)
    }

    /// The first fault found.
    public struct Finding: Error, Equatable, Sendable {
        /// The step at which it was found.
        public let step: Step
        /// The fault.
        public let fault: Fault
        /// Makes a finding.
        public init(step: Step, fault: Fault) {
            self.step = step
            self.fault = fault
        }
    }

    /// The slower clock rate to retry with.
    public static var slowHertz: UInt32 { 1_000_000 }

    /// Boots a module, reads its version several times, and resets it again.
    /// - Parameters:
    ///   - bus: the wires; their clock rate is restored on return.
    ///   - patience: time-out of each wait for READY.
    ///   - rounds: number of times the version is read.
    ///   - passed: called with each step passed; steps of lines that are not wired are skipped.
    /// - Returns: a link to the module and the text of its version, or the first fault.
    public static func run<Bus: SPIBus>(
        on bus: Bus, patience: Duration = .seconds(3), rounds: Int = 20, passed: @escaping (Step) -> Void = { _ in }
    ) -> Result<(link: SPILink<Bus>, version: [UInt8]), Finding> {
        var run = Run(bus: bus, patience: patience, rounds: rounds, passed: passed)
        let hertz = bus.hertz
        defer { bus.hertz = hertz }
        do throws(Fault) {
            return .success(try run.allSteps())
        } catch {
            return .failure(Finding(step: run.step, fault: error))
        }
    }
}

/// One run of the probe.
private struct Run<Bus: SPIBus> {
    typealias Fault = WireProbe.Fault

    let bus: Bus
    let patience: Duration
    let rounds: Int
    let passed: (WireProbe.Step) -> Void
    /// The step in progress.
    private(set) var step = WireProbe.Step.readyLow

    /// Longer than any version reply.
    private let longestReply = 32

    init(bus: Bus, patience: Duration, rounds: Int, passed: @escaping (WireProbe.Step) -> Void) {
        self.bus = bus
        self.patience = patience
        self.rounds = rounds
        self.passed = passed
    }

    private var deadline: MonotonicInstant { bus.now.advanced(by: patience) }

    /// Reports each step once.
    private mutating func pass(_ passed: WireProbe.Step) {
        guard passed.rawValue >= step.rawValue else { return }
        self.passed(passed)
        step = WireProbe.Step(rawValue: passed.rawValue + 1) ?? .interrupt
    }

    private func system<T>(_ body: () throws(LinkError) -> T) throws(Fault) -> T {
        do throws(LinkError) {
            return try body()
        } catch {
            throw .link(error)
        }
    }

    mutating func allSteps() throws(Fault) -> (link: SPILink<Bus>, version: [UInt8]) {
        let link = try boot()
        pass(.readyLow)
        let version = try version(link)
        pass(.reply)
        if bus.hasResetLine {
            try reset()
            pass(.reset)
        } else {
            step = .interrupt
        }
        if bus.hasInterruptLine {
            if bus.isInterruptDriven() == false { throw .interruptOpen }
            // A module that was not reset may have activity to report.
            if bus.hasResetLine, try system({ () throws(LinkError) in try bus.interruptLevel() }) {
                throw .interruptHigh
            }
            pass(.interrupt)
        }
        return (link, version)
    }

    // MARK: READY and RESET

    private func boot() throws(Fault) -> SPILink<Bus> {
        let link: SPILink<Bus>
        do throws(LinkError) {
            link = try SPILink(bus: bus, until: deadline)
        } catch {
            guard error.kind == .timedOut else { throw .link(error) }
            throw bus.isReadyDriven() == false ? .readyOpen : .readyNeverLow
        }
        if bus.isReadyDriven() == false { throw .readyOpen }
        return link
    }

    /// A module in reset releases READY, then drives it high before low; either rise proves the reset.
    private func reset() throws(Fault) {
        // If READY were still high from the last window, that would look like a reset.
        guard try system({ () throws(LinkError) in try bus.waitForReadyLow(until: deadline) }) else {
            throw .readyNeverLow
        }
        let isReady = try system { () throws(LinkError) in
            try bus.select(false)
            try bus.holdReset(true)
            var hasRisen = try bus.waitForReadyHigh(until: bus.now.advanced(byNanoseconds: ResetTiming.heldNanoseconds))
            try bus.sleep(until: bus.now.advanced(byNanoseconds: ResetTiming.heldNanoseconds))
            try bus.holdReset(false)
            let booted = bus.now.advanced(byNanoseconds: ResetTiming.bootNanoseconds)
            if !hasRisen { hasRisen = try bus.waitForReadyHigh(until: booted) }
            try bus.sleep(until: booted)
            try bus.endBoot()
            return try hasRisen ? bus.waitForReadyLow(until: deadline) : nil
        }
        guard let isReady else { throw .resetDoesNothing }
        guard isReady else { throw .readyNeverLow }
    }

    // MARK: Answers

    /// Reads the version at the bus's clock rate; if that fails, retries at a slower one.
    private mutating func version(_ link: SPILink<Bus>) throws(Fault) -> [UInt8] {
        let hertz = bus.hertz
        let first = try ask(link)
        guard let fault = first.fault else { return first.version }
        guard hertz > WireProbe.slowHertz else { throw fault }
        bus.hertz = WireProbe.slowHertz
        if try ask(link).fault == nil {
            pass(.input)
            throw .tooFast(hertz: hertz, slower: WireProbe.slowHertz)
        }
        throw fault
    }

    /// Reads the version `rounds` times.
    private mutating func ask(_ link: SPILink<Bus>) throws(Fault) -> (version: [UInt8], fault: Fault?) {
        var version: [UInt8]?
        var fault: Fault?
        var wrong = 0
        for round in 0..<rounds {
            do throws(Fault) {
                let found = try answer(link)
                if version ?? found != found { wrong += 1 }
                version = found
            } catch {
                switch error {
                case .inputStuck, .commandLost, .late, .garbled: break
                default: throw error
                }
                fault = fault ?? error
                if round == 0 {
                    try? link.resynchronize(.reply, until: deadline)
                    continue
                }
                wrong += 1
                if version == nil, wrong == 2 { return ([], fault) }
            }
        }
        guard let version else { return ([], fault ?? .garbled([])) }
        return (version, wrong == 0 ? nil : .unsteady(wrong: wrong, of: rounds))
    }

    /// Reads the version once.
    private mutating func answer(_ link: SPILink<Bus>) throws(Fault) -> [UInt8] {
        var writer = FrameWriter()
        var reply: [UInt8] = []
        do throws(LinkError) {
            try? writer.write(GetFwVersion())
            try link.sendCommand(writer.frame, until: deadline)
            pass(.readyHigh)
            reply = try link.rawReply(longestReply, .reply, until: deadline)
            pass(.command)
        } catch {
            switch (error.kind, error.phase) {
            case (.timedOut, .select): throw .readyNeverHigh
            case (.timedOut, .reply): throw .commandNeverEnds
            case (.timedOut, _): throw .readyNeverLow
            default: throw .link(error)
            }
        }
        if reply.allSatisfy({ $0 == 0xFF }) { throw .inputStuck(high: true) }
        if reply.allSatisfy({ $0 == 0x00 }) { throw .inputStuck(high: false) }
        pass(.input)
        if let version = Self.version(in: reply) { return version }
        if Self.isRefusal(reply) { throw .commandLost }
        let early = Self.oneBitEarlier(reply)
        throw Self.version(in: early) != nil || Self.isRefusal(early) ? .late : .garbled(Array(reply.prefix(8)))
    }

    private static func version(in reply: [UInt8]) -> [UInt8]? {
        let frame = reply.drop { $0 != Frame.start }
        guard let message = try? FrameReader.reply(to: GetFwVersion.self, in: frame) else { return nil }
        return Array(message.version.prefix { $0 != 0 })
    }

    /// Whether the reply is an error frame.
    private static func isRefusal(_ reply: [UInt8]) -> Bool {
        reply.drop { $0 != Frame.error }.starts(with: [Frame.error, 0, Frame.end])
    }

    private static func oneBitEarlier(_ bytes: [UInt8]) -> [UInt8] {
        var shifted = bytes
        for index in bytes.indices {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            shifted[index] = bytes[index] << 1 | next >> 7
        }
        return shifted
    }
}
