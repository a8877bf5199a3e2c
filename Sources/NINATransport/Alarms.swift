import LinuxIO

/// Bodies to be called at times of the system's monotonic clock, most of which are taken back before.
///
/// One task of Swift's sleeps until the earliest time.
final class Alarms: Sendable {
    private struct State {
        var bodies: [UInt64: (due: UInt64, body: @Sendable () -> Void)] = [:]
        var lastNumber: UInt64 = 0
        /// When the next task wakes; nil while none sleeps.
        var nextWake: UInt64?

        /// When a new task has to wake; nil when the one that sleeps is early enough.
        mutating func missingWake() -> UInt64? {
            guard let due = bodies.values.map(\.due).min(), due < nextWake ?? .max else { return nil }
            nextWake = due
            return due
        }
    }

    private let state = Guarded(State())

    func schedule(at due: UInt64, _ body: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, wake) = state.withLock { state in
            state.lastNumber += 1
            state.bodies[state.lastNumber] = (due, body)
            guard due < state.nextWake ?? .max else { return (state.lastNumber, UInt64?.none) }
            state.nextWake = due
            return (state.lastNumber, due)
        }
        if let wake { sleep(until: wake) }
        return number
    }

    func unschedule(_ number: UInt64) { _ = state.withLock { $0.bodies.removeValue(forKey: number) } }

    private func sleep(until wake: UInt64) {
        Task { [weak self] in
            let now = MonotonicClock.nanoseconds()
            try? await Task.sleep(nanoseconds: wake > now ? wake - now : 0)
            self?.wake(wake)
        }
    }

    private func wake(_ wake: UInt64) {
        let now = MonotonicClock.nanoseconds()
        let (due, next) = state.withLock { state in
            if state.nextWake == wake { state.nextWake = nil }
            let due = state.bodies.filter { $0.value.due <= now }
            for number in due.keys { state.bodies[number] = nil }
            return (due.values.map(\.body), state.missingWake())
        }
        for body in due { body() }
        if let next { sleep(until: next) }
    }
}
