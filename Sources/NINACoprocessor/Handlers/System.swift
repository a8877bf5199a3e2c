import NINAWire

// The coprocessor itself.

extension Coprocessor {
    func getFwVersion() -> Answer<GetFwVersion.Reply> {
        var reply = GetFwVersion.Reply()
        reply.version = version
        return .reply(reply)
    }

    func getTemperature() -> Answer<GetTemperature.Reply> {
        // What the sensor of the recorded module says: 53.333332 degrees.
        .reply(GetTemperature.Reply(celsius: 160 / 3))
    }

    /// 0 until the clock is known: from the network, after the first join, or from the host.
    func getTime() -> Answer<GetTime.Reply> {
        var seconds = hasNetworkTime ? configuration.wallClock.seconds() : 0
        if let (set, since) = hostClock { seconds = set + now.nanoseconds(since: since) / 1_000_000_000 }
        return .reply(GetTime.Reply(seconds: seconds, isWide: has(.timeHas8Bytes)))
    }

    func setTime(_ command: SetTime) -> Answer<ResultCode> {
        hostClock = (UInt64(command.seconds), now)
        return .reply(ResultCode(0))
    }

    func getFwVersionU32() -> Answer<GetFwVersionU32.Reply> {
        var numbers: [UInt32] = [0]
        for byte in version where byte != 0 {
            if byte == UInt8(ascii: ".") {
                numbers.append(0)
            } else if (0x30...0x39).contains(byte) {
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + UInt32(byte - 0x30)
            }
        }
        numbers += [0, 0, 0]
        return .reply(GetFwVersionU32.Reply(version: numbers[0] << 16 | numbers[1] << 8 | numbers[2]))
    }
}
