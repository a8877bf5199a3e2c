import NINALink
import NINAWire

/// Why a network was not joined, or an access point not started.
///
/// Two failures with the same status are equal. The reason is not compared, because not all firmware reports it.
public struct JoinFailure: Error, Equatable, Sendable {
    /// The cause, as a program may show it to its user.
    public enum Cause: UInt8, Sendable {
        /// The network refused the passphrase, the key, or the name and password.
        case wrongCredentials
        /// No network of that name is in range.
        case noSuchNetwork
        /// The access point could not be started.
        case accessPointFailed
        /// The module reports no reason, or one without a case here.
        case unknown
    }

    /// The status that the module reported.
    public var status: ConnectionStatus
    /// The reason of GET_REASON_CODE: one of IEEE 802.11, or one of the ESP32's from 200 on; nil where the firmware does
    /// not report one.
    public var reason: UInt8?

    /// A failure with a status and a reason.
    public init(_ status: ConnectionStatus, reason: UInt8? = nil) {
        self.status = status
        self.reason = reason
    }

    /// The cause as far as it is known.
    public var cause: Cause {
        // IEEE 802.11, table 9-49, and `wifi_err_reason_t` of ESP-IDF.
        switch reason {
        // MIC failure, 4-way handshake time-out, 802.1X authentication; AUTH_FAIL, HANDSHAKE_TIMEOUT.
        case 14, 15, 23, 202, 204: return .wrongCredentials
        // NO_AP_FOUND and its kinds.
        case 201, 210, 211, 212: return .noSuchNetwork
        default: break
        }
        switch status {
        case .noSSIDAvailable: return .noSuchNetwork
        case .apFailed: return .accessPointFailed
        default: return .unknown
        }
    }

    /// Compares the status.
    public static func == (left: JoinFailure, right: JoinFailure) -> Bool { left.status == right.status }

    /// See `ConnectionStatus.noSSIDAvailable`.
    public static let noSSIDAvailable = JoinFailure(.noSSIDAvailable)
    /// See `ConnectionStatus.connectFailed`.
    public static let connectFailed = JoinFailure(.connectFailed)
    /// See `ConnectionStatus.connectionLost`.
    public static let connectionLost = JoinFailure(.connectionLost)
    /// See `ConnectionStatus.disconnected`.
    public static let disconnected = JoinFailure(.disconnected)
    /// See `ConnectionStatus.apFailed`.
    public static let apFailed = JoinFailure(.apFailed)
}

/// Why a connection was not made.
///
/// All are equal, so that a program can ignore the cause and compare with ``WiFiError/connectFailed``: the module says only
/// that it failed, and the library finds the cause out as far as it can.
public struct ConnectFailure: Error, Equatable, Sendable {
    /// The cause, as a program may show it to its user.
    public enum Cause: UInt8, Sendable {
        /// The name could not be looked up.
        case hostNotFound
        /// The connection was not made in time.
        case timedOut
        /// The host refused the connection, or did not answer; with TLS its certificate may not be trusted.
        case refused
        /// No network is joined, or not any more.
        case notJoined
        /// It was not found out.
        case unknown
    }

    /// The cause.
    public var cause: Cause

    /// A failure with a cause.
    public init(_ cause: Cause) { self.cause = cause }

    /// True.
    public static func == (left: ConnectFailure, right: ConnectFailure) -> Bool { true }
}

#if !hasFeature(Embedded)
extension JoinFailure: CustomStringConvertible {
    /// The cause in words, with the module's status and reason.
    public var description: String {
        let code = reason.map { ", reason \($0)" } ?? ""
        return switch cause {
        case .wrongCredentials: "wrong passphrase or credentials (\(status)\(code))"
        case .noSuchNetwork: "no such network (\(status)\(code))"
        case .accessPointFailed, .unknown: "\(status)\(code)"
        }
    }
}

extension ConnectFailure: CustomStringConvertible {
    /// The cause in words.
    public var description: String {
        switch cause {
        case .hostNotFound: "the host name is unknown"
        case .timedOut: "not made in time"
        case .refused: "refused or not answered, or with TLS the certificate is not trusted"
        case .notJoined: "no network is joined"
        case .unknown: "refused, not answered, no such host, or no network joined"
        }
    }
}
#endif

extension Driver {
    /// A failed join, with the reason if the firmware reports one.
    func joinFailure(_ status: ConnectionStatus) -> JoinFailure {
        // Not `run`: an error frame only means that the firmware lacks the command.
        let reason: UInt8?
        do throws(WiFiError) { reason = try send(GetReasonCode()).reason } catch { reason = nil }
        return JoinFailure(status, reason: reason == 0 ? nil : reason)
    }

    /// Finds out why a connection to a host was not made, where the module looks the name up in the same command.
    func connectFailure(to host: Host) -> ConnectFailure {
        guard case .name(let name) = host else { return connectFailure(.refused) }
        do throws(WiFiError) {
            _ = try hostByName(name)
            return connectFailure(.refused)
        } catch {
            guard case .hostNotFound = error else { return ConnectFailure(.unknown) }
            return connectFailure(.hostNotFound)
        }
    }

    /// A failure with this cause, unless it is another: that no network is joined, or that it was lost.
    func connectFailure(_ cause: ConnectFailure.Cause) -> ConnectFailure {
        do throws(WiFiError) {
            switch try run(GetConnStatus()).status {
            case .connected, .apListening, .apConnected: return ConnectFailure(cause)
            default: return ConnectFailure(.notJoined)
            }
        } catch {
            return ConnectFailure(cause)
        }
    }
}
