import LinuxIO
import NINACoprocessor
import NINAWire

// Listening sockets, on the ports of this machine that the options map to.

extension LinuxNetwork {
    func listen(port: UInt16, backlog: Int) -> Result<NetworkSocket, NetworkFailure> {
        guard let hostPort = environment.ports.hostPort(port) else {
            log(.warning, "port \(port) with its offset is not a port from 1 to 65535")
            return .failure(.notPermitted)
        }
        do throws(LinuxError) {
            return .success(try listen(port: port, hostPort: hostPort, backlog: backlog))
        } catch {
            guard failure(error) == .notPermitted, let fallback = environment.ports.fallbackPort(port) else {
                log(.warning, "server on port \(port): \(error)")
                return .failure(failure(error))
            }
            log(.info, "port \(hostPort) may not be bound by this user; port \(fallback) is taken instead")
            do throws(LinuxError) {
                return .success(try listen(port: port, hostPort: fallback, backlog: backlog))
            } catch {
                log(.warning, "server on port \(port): \(error)")
                return .failure(failure(error))
            }
        }
    }

    private func listen(port: UInt16, hostPort: UInt16, backlog: Int) throws(LinuxError) -> NetworkSocket {
        let place = IPv4Endpoint(address: bindAddress.rawValue, port: hostPort)
        let descriptor = try TCPSocket.listen(on: place, backlog: Int32(clamping: backlog))
        let bound = try TCPSocket.localEndpoint(descriptor.rawValue)
        let endpoint = Endpoint(address: ownAddress, port: port)
        let socket = try insert(descriptor, .listener(endpoint), [.readable, .edgeTriggered])
        environment.registerServer(endpoint, hostPort: bound.port)
        log(.info, "server on port \(port) is reachable at \(bound)")
        return socket
    }

    func hasPendingConnection(_ listener: NetworkSocket) -> Bool {
        entry(listener).map { TCPSocket.hasPendingConnection($0.number) } ?? false
    }

    func accept(_ listener: NetworkSocket) -> Result<(NetworkSocket, Endpoint)?, NetworkFailure> {
        guard let entry = entry(listener) else { return .success(nil) }
        do throws(LinuxError) {
            guard let connection = try TCPSocket.accept(entry.number) else { return .success(nil) }
            entry.acceptedInRound = reactor.round
            let remote = connection.remoteEndpoint
            let descriptor = connection.takeDescriptor()
            let stream = LinuxStream(descriptor.rawValue, environment.receiveBuffers)
            let socket = try insert(descriptor, .connection(stream), LinuxStream.interest)
            return .success((socket, Endpoint(address: IPv4Address(rawValue: remote.address), port: remote.port)))
        } catch {
            return .failure(failure(error))
        }
    }

    func setDropsRequests(_ listener: NetworkSocket, _ drops: Bool) {
        guard let entry = entry(listener) else { return }
        do throws(LinuxError) {
            try TCPSocket.dropNewConnections(entry.number, drops)
        } catch {
            log(.error, "the drop filter: \(error)")
        }
    }
}
