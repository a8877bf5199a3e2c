import NINATransport
import ToolSupport

extension Arguments {
    /// Reads the arguments of a command whose only option is `--transport`.
    /// - Returns: that transport, else the one of `NINA_TRANSPORT`, else the emulator's default socket.
    mutating func transport() throws -> Transport {
        var chosen: Transport?
        while let option = try next() {
            guard option == "--transport" else { throw unknown() }
            chosen = try Transport(parsing: try value())
        }
        return try chosen ?? .standard()
    }
}
