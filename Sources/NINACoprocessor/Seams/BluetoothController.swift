/// An event of a Bluetooth controller.
public enum BluetoothEvent: Equatable, Sendable {
    /// `open` has completed; nil means that the controller is ready.
    case opened(NetworkFailure?)
    /// There are new bytes, or the controller has ended; read to find out.
    case readable
    /// The controller takes bytes again; follows ``BluetoothController/notifyWhenWritable()``.
    case writable
}

/// Receives the events of a controller.
public protocol BluetoothObserver: AnyObject {
    /// Called once for each event, never from inside a call to the controller.
    func bluetoothEvent(_ event: BluetoothEvent)
}

/// A Bluetooth controller: a stream of HCI packets in each direction, each packet preceded by its H4 type byte
/// (Bluetooth Core, volume 4, part A). No call blocks, and none calls the observer, because the coprocessor then has
/// exclusive access to its state.
public protocol BluetoothController: AnyObject {
    /// Receives the events; held weakly.
    var observer: (any BluetoothObserver)? { get set }

    /// Starts the controller; `.opened` reports the outcome.
    func open()
    /// Sends bytes of packets.
    /// - Returns: the number of bytes taken; 0 when the buffer is full, nil when the controller is gone.
    func send(_ bytes: ArraySlice<UInt8>) -> Int?
    /// Requests one `.writable` event, for when the controller takes bytes again.
    func notifyWhenWritable()
    /// Reads into the first `limit` bytes of the buffer.
    func receive(into buffer: inout [UInt8], limit: Int) -> ReceiveOutcome
    /// Stops the controller; no event follows.
    func close()
}
