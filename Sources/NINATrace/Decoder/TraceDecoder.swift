import NINAWire

/// Pairs the windows of a trace to commands with their replies, reads their frames, and, if asked, looks for faults.
public struct TraceDecoder: Sendable {
    /// How a trace is decoded.
    public struct Options: Sendable {
        /// The firmware of coprocessors of which the trace does not say it.
        public var firmware = Firmware.modern
        /// Whether faults are looked for.
        public var isStrict = false
        /// The rules whose faults count.
        public var rules = Set(Finding.Rule.allCases)
        /// Whether secrets are shown, as far as the trace has them.
        public var showsSecrets = false
        /// The defaults.
        public init() {}
    }

    private let options: Options
    private var channels: [UInt32: TraceChannel] = [:]
    private var lastTime: UInt64 = 0
    /// Hides what is secret in the bytes of windows, for all exchanges: padding may have what an earlier window had. Nil if
    /// secrets are shown.
    private var hider: SecretHider?

    /// A decoder before the first event.
    public init(_ options: Options = Options()) {
        self.options = options
        hider = options.showsSecrets ? nil : SecretHider()
    }

    /// Takes the next event.
    /// - Returns: what is complete now. A command is complete with its reply, or when the next one makes clear that it has none.
    public mutating func decode(_ record: TraceRecord) -> [DecodedItem] {
        lastTime = max(lastTime, record.time)
        if case .gap = record.event, record.coprocessor == 0 { return checked(missEvents() + [.event(record, [])]) }
        let shown = hider?.hide(record) ?? record
        var channel = channels.removeValue(forKey: record.coprocessor) ?? TraceChannel(record.coprocessor, options)
        let items = channel.decode(record, shown: shown)
        if case .coprocessor(let power) = record.event, !power.isOn { return checked(items) }
        channels[record.coprocessor] = channel
        return checked(items)
    }

    /// Events of any coprocessor are missing here.
    private mutating func missEvents() -> [DecodedItem] {
        channels.keys.sorted().flatMap { channels[$0]?.missEvents() ?? [] }
    }

    /// What is left at the end of the trace.
    public mutating func finish() -> [DecodedItem] {
        var items: [DecodedItem] = []
        for (number, var channel) in channels.sorted(by: { $0.key < $1.key }) {
            items += channel.abandon()
            let leaks = options.rules.contains(.leak) ? channel.slots.leaks : []
            guard !leaks.isEmpty, options.isStrict else { continue }
            items.append(.event(TraceRecord(time: lastTime, coprocessor: number, .coprocessor(.off)), leaks))
        }
        channels = [:]
        return checked(items)
    }

    /// Findings are for those who have asked for them.
    private func checked(_ items: [DecodedItem]) -> [DecodedItem] {
        let rules = options.isStrict ? options.rules : []
        return items.map { item in
            switch item {
            case .exchange(var exchange):
                exchange.findings.removeAll { !rules.contains($0.rule) }
                return .exchange(exchange)
            case .event(let record, let findings): return .event(record, findings.filter { rules.contains($0.rule) })
            }
        }
    }
}
