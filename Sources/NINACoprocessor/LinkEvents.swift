import NINALink
import NINAWire

// What happens on the link besides commands, and what is lost, for the log.

extension Device {
    /// Adds bytes to a datagram; the log has the ones that are refused.
    mutating func insertDatabuf(_ command: InsertDatabuf) -> Answer<Acknowledgement> {
        let answer = sockets.insertDatabuf(command, isOnline: isOnline, &context)
        if case .reply(let taken) = answer, taken.value == 0, !command.data.isEmpty {
            context.log(
                .warning,
                "INSERT_DATABUF: \(command.data.count) bytes for slot \(command.socket.rawValue) were refused: no UDP socket, or too long a datagram"
            )
        }
        return answer
    }

    func noteLinkEvent(_ event: LinkEvent) {
        switch event {
        case .windowCut(let sent, let taken):
            context.log(
                .warning,
                "a window of \(sent) bytes was sent, the module takes \(taken): the last \(sent - taken) are lost")
        case .windowInReset(let length):
            context.log(.warning, "a window of \(length) bytes was sent while RESET was low: it is lost")
        case .lines(let levels):
            func level(_ line: PinLevels) -> String { levels.contains(line) ? "high" : "low" }
            let select = levels.contains(.chipSelectLow) ? "low" : "high"
            context.log(.debug, "lines: RESET \(level(.reset)), GPIO0 \(level(.gpio0)), chip select \(select)")
        case .unknownLines(let byte):
            context.log(.warning, "PINS \(byte) has bits that stand for no line: they are ignored")
        }
    }
}
