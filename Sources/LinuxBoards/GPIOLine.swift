import CLinux
import LinuxIO

/// A line of a GPIO chip requested by this program; closing the descriptor releases it.
///
/// Uses line requests, version 2 (Linux 5.10). Source: `Documentation/driver-api/gpio` and `linux/gpio.h`.
public struct GPIOLine: ~Copyable {
    /// The use of a line.
    public enum Use: Equatable, Sendable {
        /// Read; the kernel queues an event for each edge of these kinds.
        case input(rising: Bool, falling: Bool)
        /// Read, with the chip's pull-up resistor.
        case pulledUp
        /// Read, with the chip's pull-down resistor.
        case pulledDown
        /// Driven, initially at this level.
        case output(Bool)

        fileprivate var flags: (use: Int32, level: Int32) {
            switch self {
            case .input(let rising, let falling):
                (
                    Int32(CLINUX_GPIO_INPUT) | (rising ? Int32(CLINUX_GPIO_RISING) : 0)
                        | (falling ? Int32(CLINUX_GPIO_FALLING) : 0), 0
                )
            case .pulledUp: (Int32(CLINUX_GPIO_INPUT) | Int32(CLINUX_GPIO_PULL_UP), 0)
            case .pulledDown: (Int32(CLINUX_GPIO_INPUT) | Int32(CLINUX_GPIO_PULL_DOWN), 0)
            case .output(let level): (Int32(CLINUX_GPIO_OUTPUT), level ? 1 : 0)
            }
        }
    }

    /// An edge of a line.
    public struct Edge: Equatable, Sendable {
        /// Low to high.
        public let isRising: Bool
        /// The time of the edge, in nanoseconds of `MonotonicClock`.
        public let nanoseconds: UInt64
        /// Counts the edges of this line from 1; a gap means that the kernel has dropped events.
        public let number: UInt32
    }

    /// The maximum number of edges taken by one call.
    public static let mostEdges = 16

    private let descriptor: FileDescriptor

    fileprivate init(adopting number: Int32) { descriptor = FileDescriptor(adopting: number) }

    /// The descriptor, readable while events are queued.
    public var rawValue: Int32 { descriptor.rawValue }

    /// Changes the use of the line.
    public func configure(_ use: Use) throws(LinuxError) {
        let flags = use.flags
        guard retrying({ clinux_gpio_configure(rawValue, flags.use, flags.level) }) >= 0 else {
            throw .current("GPIO_V2_LINE_SET_CONFIG")
        }
    }

    /// The current level.
    public func level() throws(LinuxError) -> Bool {
        let level = retrying { clinux_gpio_get(rawValue) }
        guard level >= 0 else { throw .current("GPIO_V2_LINE_GET_VALUES") }
        return level == 1
    }

    /// Drives the line.
    public func set(_ level: Bool) throws(LinuxError) {
        guard retrying({ clinux_gpio_set(rawValue, level ? 1 : 0) }) >= 0 else {
            throw .current("GPIO_V2_LINE_SET_VALUES")
        }
    }

    /// Takes queued edges, up to ``mostEdges``, without waiting.
    /// - Returns: the number of edges for which `body` was called.
    public func takeEdges(_ body: (Edge) -> Void) throws(LinuxError) -> Int {
        // Uses stack memory only, so nothing is allocated.
        let count = withUnsafeTemporaryAllocation(of: gpio_v2_line_event.self, capacity: Self.mostEdges) {
            events -> Int32 in
            guard let base = events.baseAddress else { return 0 }
            let count = retrying { clinux_gpio_events(rawValue, base, Int32(events.count)) }
            for index in 0..<Int(max(count, 0)) {
                let event = base[index]
                let isRising = event.id == GPIO_V2_LINE_EVENT_RISING_EDGE.rawValue
                body(Edge(isRising: isRising, nanoseconds: event.timestamp_ns, number: event.line_seqno))
            }
            return count
        }
        guard count >= 0 else { throw .current("read", "GPIO events") }
        return Int(count)
    }

    /// Waits for an edge.
    /// - Parameter deadline: a time of `MonotonicClock`.
    /// - Returns: false on time-out.
    public func waitForEdge(until deadline: UInt64) throws(LinuxError) -> Bool {
        try !DescriptorWait.wait(rawValue, for: .readable, deadline: deadline).isEmpty
    }
}

extension GPIOChip {
    /// Requests a line.
    /// - Parameter consumer: the name that other programs see as the line's user.
    /// - Throws: EBUSY when another program has it.
    public func request(_ offset: UInt32, _ use: GPIOLine.Use, consumer: String = "nina") throws(LinuxError) -> GPIOLine
    {
        let flags = use.flags
        let line = retrying { clinux_gpio_request(rawValue, offset, flags.use, flags.level, consumer) }
        guard line >= 0 else { throw .current("GPIO_V2_GET_LINE", "line \(offset) of \(path)") }
        return GPIOLine(adopting: line)
    }
}
