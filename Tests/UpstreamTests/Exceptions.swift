import NINAWire

/// A recorded frame that the codec does not read and write unchanged, and why that is right.
struct VectorException: Sendable {
    var file: Recordings
    /// Start of the command's bytes in hexadecimal digits.
    var command: String
    /// Start of the reply's bytes, where the reply is the exception.
    var reply: String?
    /// Devices refuse the command, too: bytes are missing.
    var isRefused = false
    var reason: String
}

/// Every exception; a test fails when one is no longer needed.
let vectorExceptions: [VectorException] = [
    VectorException(
        file: .wifiNINA, command: "E02C020100020000EE",
        reason: "WiFiNINA sends the peek flag of GET_DATA as two bytes; devices read the first one"),
    VectorException(
        file: .wifiNINA, command: "E02C020100020001EE",
        reason: "WiFiNINA sends the peek flag of GET_DATA as two bytes; devices read the first one"),
    VectorException(
        file: .esp32SPI, command: "E01802056D792D617006000000000000EE",
        reason: "create_AP sends the channel of an open network as six bytes, all zero; devices read the first one"),
    VectorException(
        file: .esp32SPI, command: "E05F00EE", isRefused: true,
        reason: "a number that no firmware knew when this was recorded, sent without parameters to get the error frame"),
    VectorException(
        file: .firmware, command: "E02B01010AEE", reply: "",
        reason: "undefined: the firmware reads behind its table of 10 slots, and restarted when this was recorded"),
    VectorException(
        file: .firmware, command: "E02F01010AEE", reply: "",
        reason: "undefined: the firmware reads behind its table of 10 slots, and restarted when this was recorded"),
    VectorException(
        file: .firmware, command: "E045020001000002F70F", reply: "",
        reason: "a reply of more than 4092 bytes cannot be queued: the firmware hangs until a reset"),
]
