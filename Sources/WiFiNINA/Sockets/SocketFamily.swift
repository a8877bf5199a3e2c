/// The commands by which a ``WiFiServer`` or a ``WiFiClient`` reaches its sockets.
///
/// Every method does the same on both. What differs:
/// - `.bsd` needs firmware from Arduino's 1.5.0 and Adafruit's 2.0.0 on; older one throws `.unsupported`.
/// - With `.bsd` the module is not busy while a connection is made.
/// - IRQ says nothing of BSD sockets: waits ask the module at intervals of 20 ms at most, and each look for bytes or for a
///   client is a command.
public enum SocketFamily: UInt8, CaseIterable, Sendable {
    /// Those of the Arduino library, with slots. Every firmware has them.
    case classic
    /// Those of BSD sockets, as ``WiFiSocket`` uses them. TLS has none of these: such connections are classic ones.
    case bsd
}
