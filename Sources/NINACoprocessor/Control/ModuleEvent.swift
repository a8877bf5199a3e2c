import NINAWire

/// Something that has happened in a module, for those who watch it.
public enum ModuleEvent: Equatable, Sendable {
    /// The module has started: the first time, by RESET, or after a break-down of its supply.
    case booted(boots: Int)
    /// The station has joined a network.
    case joined(ssid: [UInt8])
    /// A join has failed.
    case joinFailed(ssid: [UInt8], reason: UInt8)
    /// The station has left its network, or lost it.
    case left(ssid: [UInt8], reason: UInt8)
    /// A server listens.
    case listening(slot: Int, port: UInt16)
    /// A server does not listen any more.
    case stoppedListening(slot: Int)
    /// A client of a server has a slot.
    case clientCame(slot: Int, peer: Endpoint)
    /// A START_CLIENT has connected.
    case connected(slot: Int, peer: Endpoint)
    /// A slot's connection is gone: the host has stopped it, or the network.
    case clientLeft(slot: Int)
    /// A command has begun.
    case command(Opcode)
    /// A fault has gone off.
    case faultFired(id: String)
    /// Something around the module has changed.
    case changed(Change)
}
