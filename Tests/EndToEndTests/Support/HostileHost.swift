import LinuxIO
import NINALink
import NINAWire
import TestSupport
import Testing

/// A host that sends hostile frames to a real process, while an external peer connects and disconnects.
final class HostileHost {
    let link: RawLink
    /// The number of frames that were answered other than with the error frame.
    private(set) var answers = 0
    /// The number of commands that waited so long that they were ended with RESET.
    private(set) var resets = 0
    private let firmware: Firmware
    private var source: FrameSource
    private var guests: [Guest] = []

    private final class Guest {
        let descriptor: FileDescriptor
        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    init(path: String, seed: UInt64, firmware: Firmware) throws {
        self.firmware = firmware
        link = try RawLink(path: path)
        source = FrameSource(seed: seed)
    }

    /// Sends this many frames; each must be answered, or end with a reset.
    func attack(rounds: Int) throws {
        for round in 0..<rounds {
            if round % 64 == 0 { try furnish() }
            guard let frame = Self.keptAtHome(source.next(round)) else { continue }
            guard let reply = try link.exchange(frame, seconds: 0.3).reply else {
                resets += 1
                let isUp = try link.reset()
                try #require(isUp, "no boot after \(frame.hex)")
                try furnish()
                continue
            }
            let opcode = frame.count > 1 ? frame[1] : 0
            let isRefusal = reply.starts(with: [Frame.error, 0, Frame.end])
            let isAnswer = reply.count > 3 && reply[0] == Frame.start && reply[1] == opcode | Frame.replyBit
            #expect(isRefusal || isAnswer || answersWithoutFrame(opcode), "\(frame.hex): \(reply.hex)")
            if isAnswer { answers += 1 }
        }
        guests = []
    }

    /// Joins, listens on slot 0, and lets two external clients connect and send.
    private func furnish() throws {
        let server = SocketNumber(rawValue: 0)
        _ = try link.run(StopClient(socket: server))
        try link.join()
        guard try link.run(StartServer(port: 18_080, socket: server, type: .tcp)).value == 1 else { return }
        let place = IPv4Endpoint(address: try link.run(GetIPAddr()).address.rawValue, port: 18_080)
        guests = []
        for _ in 0..<2 {
            // Not waited for: the server may already be gone, and its queue full.
            guard let descriptor = try? TCPSocket.connect(to: place) else { return }
            let guest = Guest(descriptor)
            _ = [UInt8](repeating: 0x55, count: 200).withUnsafeBytes { TCPSocket.send(guest.descriptor.rawValue, $0) }
            guests.append(guest)
        }
    }

    /// Whether the firmware's reply to this file command is not a frame.
    private func answersWithoutFrame(_ opcode: UInt8) -> Bool {
        firmware.quirks.contains(.unopenedFilesAnswerNothing)
            && (opcode == Opcode.writeFile.byte || opcode == Opcode.readFile.byte)
    }

    /// The frame with all addresses replaced by addresses of this machine; nil if a name could cause a DNS query.
    private static func keptAtHome(_ frame: [UInt8]) -> [UInt8]? {
        func with(_ bytes: [UInt8], at position: Int, then rest: [UInt8] = []) -> [UInt8] {
            var frame = frame
            for (offset, byte) in (bytes + rest).enumerated() where position + offset < frame.count {
                frame[position + offset] = byte
            }
            return frame
        }
        switch frame.dropFirst().first {
        case Opcode.reqHostByName.byte, Opcode.downloadFile.byte, Opcode.downloadOTA.byte: return nil
        case Opcode.startClient.byte: return with([4, 4, 127], at: 2)
        case Opcode.ping.byte: return with([4, 127], at: 3)
        case Opcode.bsdConnect.byte: return with([4, 127], at: 5)
        case Opcode.bsdSendto.byte: return with([0, 4, 127], at: 6)
        default: return frame
        }
    }

    /// Closes everything the frames have left open, like a host without knowledge of them.
    func clear() throws {
        for slot in UInt8(0)..<UInt8(firmware.slots) {
            _ = try link.run(StopClient(socket: SocketNumber(rawValue: slot)))
        }
        for number in UInt8(54)..<64 { _ = try link.run(BSDClose(socket: SocketNumber(rawValue: number))) }
    }
}

extension RawLink {
    /// Runs a command and decodes its reply strictly.
    func run<C: Command>(_ command: C) throws -> C.Reply {
        var writer = FrameWriter()
        try writer.write(command)
        let reply = try #require(try exchange(writer.frame, seconds: 20).reply, "\(C.opcode.name)")
        return try FrameReader.reply(to: C.self, in: reply[...])
    }

    /// Joins the emulator's default network.
    func join() throws {
        _ = try run(SetPassphrase(ssid: "lab-net".bytes, passphrase: "correct-horse".bytes))
        let limit = Self.after(10)
        while try run(GetConnStatus()).status != .connected {
            try #require(Self.after(0) < limit, "no join")
            try pause(milliseconds: 2)
        }
    }
}
