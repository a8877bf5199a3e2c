/// Identifies a scheduled timer until it has fired or been cancelled.
public struct TimerID: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
}

/// A binary heap of deadlines with an index of each timer's position, so that a cancelled timer is removed immediately.
struct TimerHeap {
    struct Fired {
        let handler: any ReactorTimerHandler
        let token: UInt64
    }

    private struct Entry {
        let deadline: UInt64
        let sequence: UInt64
        let slot: UInt32

        func precedes(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : sequence < other.sequence
        }
    }

    private struct Slot {
        var generation: UInt32
        var position: Int
        var token: UInt64
        var handler: (any ReactorTimerHandler)?
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private(set) var nextSequence: UInt64 = 0

    var count: Int { heap.count }
    var earliest: UInt64? { heap.first?.deadline }

    mutating func insert(_ deadline: UInt64, _ handler: any ReactorTimerHandler, _ token: UInt64) -> TimerID {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot(generation: 0, position: 0, token: 0, handler: nil))
        }
        let slot = Int(index)
        slots[slot].token = token
        slots[slot].handler = handler
        let entry = Entry(deadline: deadline, sequence: nextSequence, slot: index)
        nextSequence += 1
        heap.append(entry)
        rise(from: heap.count - 1, entry)
        return TimerID(index: index, generation: slots[slot].generation)
    }

    /// Removes a timer and returns its handler; nil when it no longer exists.
    mutating func remove(_ timer: TimerID) -> (any ReactorTimerHandler)? {
        let slot = Int(timer.index)
        guard slot < slots.count, slots[slot].generation == timer.generation, let handler = slots[slot].handler else {
            return nil
        }
        let position = slots[slot].position
        release(timer.index)
        take(position)
        return handler
    }

    /// Removes the earliest timer if it is due and was scheduled before the given sequence number.
    mutating func popDue(at now: UInt64, before sequence: UInt64) -> Fired? {
        guard let first = heap.first, first.deadline <= now, first.sequence < sequence else { return nil }
        let slot = Int(first.slot)
        guard let handler = slots[slot].handler else { return nil }
        let fired = Fired(handler: handler, token: slots[slot].token)
        release(first.slot)
        take(0)
        return fired
    }

    private mutating func release(_ index: UInt32) {
        let slot = Int(index)
        slots[slot].handler = nil
        slots[slot].generation &+= 1
        free.append(index)
    }

    /// Removes the entry at a position by moving the last one there.
    private mutating func take(_ position: Int) {
        let last = heap.removeLast()
        guard position < heap.count else { return }
        if position > 0, last.precedes(heap[(position - 1) / 2]) {
            rise(from: position, last)
        } else {
            sink(from: position, last)
        }
    }

    private mutating func rise(from start: Int, _ entry: Entry) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard entry.precedes(heap[parent]) else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    private mutating func sink(from start: Int, _ entry: Entry) {
        var position = start
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(entry) else { break }
            place(heap[child], at: position)
            position = child
        }
        place(entry, at: position)
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        slots[Int(entry.slot)].position = position
    }
}
