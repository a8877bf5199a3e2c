import Foundation
import NINALink
import NINATransport
import NINAWire
import WiFiNINA

// With this module imported, `localizedDescription` of an error is its description: "the network was not joined: ..."
// instead of "The operation could not be completed". The libraries themselves do not import Foundation.

extension WiFiError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension JoinFailure: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension ConnectFailure: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension LinkError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension FrameError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension BSDError: LocalizedError {
    /// The description.
    public var errorDescription: String? { "\(self)" }
}

extension TransportError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension Transport.ParseError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension SPIWiringError: LocalizedError {
    /// The description.
    public var errorDescription: String? { "\(self)" }
}
