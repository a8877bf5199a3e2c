/// The set of commands that a ``WiFiServer`` or a ``WiFiClient`` uses for its sockets.
///
/// Every method works with both. The differences:
/// - `.bsd` requires Arduino firmware 1.5.0 or Adafruit firmware 2.0.0; older firmware throws `.unsupported`.
/// - With `.bsd` the module is not blocked while a connection is being established.
/// - IRQ is not raised for BSD sockets: waits poll the module at intervals of at most 20 ms, and each check for bytes
///   or for a client is a command.
public enum SocketFamily: UInt8, CaseIterable, Sendable {
    /// The Arduino library's commands, with slots. All firmware has them.
    case classic
    /// The BSD socket commands, as in ``WiFiSocket``. They do not support TLS: TLS connections always use `classic`.
    case bsd
}
