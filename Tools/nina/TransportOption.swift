import NINATransport
import ToolSupport

extension Arguments {
    /// Parses the arguments of a command whose only option is `--transport`.
    /// - Returns: that transport, otherwise that of `NINA_TRANSPORT`, otherwise the emulator's default socket.
    mutating func transport() throws -> Transport {
        var chosen: Transport?
        while let option = try next() {
            guard option == "--transport" else { throw unknown() }
            chosen = try Transport(parsing: try value())
        }
        return try chosen ?? .standard()
    }
}
