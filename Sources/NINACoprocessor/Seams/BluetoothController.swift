/// What a Bluetooth controller tells its coprocessor.
public enum BluetoothEvent: Equatable, Sendable {
    /// `open` has ended: the controller is there, or why it is not.
    case opened(NetworkFailure?)
    /// There are bytes, or the end of them: look.
    case readable
    /// Bytes are taken again; told once after ``BluetoothController/notifyWhenWritable()``.
    case writable
}

/// Receives the events of a controller.
public protocol BluetoothObserver: AnyObject {
    /// Called for each event, never from inside a call to the controller.
    func bluetoothEvent(_ event: BluetoothEvent)
}

/// The only door of a coprocessor to a Bluetooth controller: HCI packets one after the other in both directions, each with its H4 type
/// byte in front (Bluetooth Core, volume 4, part A). Nothing here waits.
public protocol BluetoothController: AnyObject {
    /// Who is told of events; held weakly.
    var observer: (any BluetoothObserver)? { get set }

    /// Starts the controller; an event tells the end of that.
    func open()
    /// Hands over bytes of packets.
    /// - Returns: how many were taken, 0 when there is no room now, nil when the controller is gone.
    func send(_ bytes: ArraySlice<UInt8>) -> Int?
    /// Asks for an event when bytes are taken again.
    func notifyWhenWritable()
    /// Reads into the first `limit` bytes of the buffer.
    func receive(into buffer: inout [UInt8], limit: Int) -> ReceiveOutcome
    /// Ends it; nothing is told any more.
    func close()
}
