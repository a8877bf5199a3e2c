/// Identifies a descriptor's registration with a reactor until it is removed.
public struct Registration: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    /// The event data for epoll.
    var data: UInt64 { UInt64(generation) << 32 | UInt64(index) }

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(data: UInt64) {
        index = UInt32(truncatingIfNeeded: data)
        generation = UInt32(truncatingIfNeeded: data >> 32)
    }
}

/// The registrations of a reactor. A generation per slot distinguishes a registration from its successors.
struct RegistrationTable {
    struct Slot {
        var generation: UInt32
        var descriptor: Int32
        var interest: Interest
        var token: UInt64
        var handler: (any ReactorHandler)?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// The slot that last registered each descriptor number; -1 for none.
    private var owners: [Int32] = []

    var count: Int { slots.count - free.count }

    /// The registration that the next `insert` will return.
    var upcoming: Registration {
        if let index = free.last {
            return Registration(index: index, generation: slots[Int(index)].generation)
        }
        return Registration(index: UInt32(slots.count), generation: 0)
    }

    mutating func insert(_ descriptor: Int32, _ interest: Interest, _ handler: any ReactorHandler, _ token: UInt64) {
        let registration = upcoming
        let slot = Slot(
            generation: registration.generation, descriptor: descriptor, interest: interest, token: token,
            handler: handler)
        if free.popLast() != nil {
            slots[Int(registration.index)] = slot
        } else {
            slots.append(slot)
        }
        let number = Int(descriptor)
        if number >= owners.count {
            owners.append(contentsOf: repeatElement(-1, count: number + 1 - owners.count))
        }
        owners[number] = Int32(registration.index)
    }

    /// Whether the registration exists.
    func contains(_ registration: Registration) -> Bool {
        let index = Int(registration.index)
        return index < slots.count && slots[index].generation == registration.generation
            && slots[index].handler != nil
    }

    /// The slot of a registration that exists.
    subscript(_ registration: Registration) -> Slot {
        get { slots[Int(registration.index)] }
        set { slots[Int(registration.index)] = newValue }
    }

    /// Whether the descriptor number still refers to this registration: false when it was closed, reused and registered
    /// again in the meantime.
    func ownsDescriptor(_ registration: Registration) -> Bool {
        owners[Int(slots[Int(registration.index)].descriptor)] == Int32(registration.index)
    }

    /// Removes a registration and returns its handler, to be released outside the table.
    mutating func remove(_ registration: Registration) -> (any ReactorHandler)? {
        let index = Int(registration.index)
        if ownsDescriptor(registration) {
            owners[Int(slots[index].descriptor)] = -1
        }
        let handler = slots[index].handler
        slots[index].handler = nil
        slots[index].generation &+= 1
        free.append(registration.index)
        return handler
    }
}
