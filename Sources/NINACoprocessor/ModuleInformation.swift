import NINAWire

// Information about the module.

extension Context {
    func getFwVersion(_: GetFwVersion) -> Answer<GetFwVersion.Reply> {
        var reply = GetFwVersion.Reply()
        reply.version = firmware.version.withUTF8Buffer { ArraySlice($0) } + [0]
        return .reply(reply)
    }

    /// The version's three numbers, one byte each.
    func getFwVersionU32(_: GetFwVersionU32) -> Answer<GetFwVersionU32.Reply> {
        var numbers: [UInt32] = [0]
        for byte in firmware.version.withUTF8Buffer({ Array($0) }) {
            if byte == UInt8(ascii: ".") {
                numbers.append(0)
            } else if (0x30...0x39).contains(byte) {
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + UInt32(byte - 0x30)
            }
        }
        numbers += [0, 0, 0]
        return .reply(GetFwVersionU32.Reply(version: numbers[0] << 16 | numbers[1] << 8 | numbers[2]))
    }

    func getTemperature(_: GetTemperature) -> Answer<GetTemperature.Reply> {
        // The value of the recorded module's sensor: 53.333332 degrees.
        .reply(GetTemperature.Reply(celsius: 160 / 3))
    }
}
