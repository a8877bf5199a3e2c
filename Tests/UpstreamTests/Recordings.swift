import Foundation
import NINAWire
import TestSupport

/// A recorded exchange: the command of a real driver, or the answer of real firmware.
struct Recording: Sendable {
    /// Its index in its file.
    var index: Int
    /// The call or test that made it, as named in the recording.
    var name: String
    /// The firmware family of the command numbers.
    var family: CommandFamily
    /// All bytes of the command window.
    var command: [UInt8]
    /// The length of the command's frame without padding, if recorded.
    var frameLength: Int?
    /// All bytes of the reply; nil when there was none.
    var reply: [UInt8]?

    /// The command, if the package has it.
    var opcode: Opcode? {
        command.count > 1 && command[0] == Frame.start ? Opcode(byte: command[1], family: family) : nil
    }
}

/// The recordings in `Protocol/vectors`.
enum Recordings: String, CaseIterable, Sendable {
    case wifiNINA = "host-wifinina-2.1.0.json"
    case esp32SPI = "host-esp32spi-11.1.4.json"
    case firmware = "firmware-arduino-2.0.0.json"

    /// The drivers' recordings, of which only the commands count.
    static let drivers: [Recordings] = [.wifiNINA, .esp32SPI]

    /// ESP32SPI communicates with Adafruit's firmware.
    var family: CommandFamily { self == .esp32SPI ? .adafruit : .arduino }

    /// The folder of the package.
    static var package: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private func json() throws -> Data {
        try Data(contentsOf: Self.package.appendingPathComponent("Protocol/vectors/" + rawValue))
    }

    /// Every call of WiFiNINA in order, including those that sent nothing.
    static func wifiNINACalls() throws -> [WiFiNINAVector] {
        try JSONDecoder().decode([WiFiNINAVector].self, from: Recordings.wifiNINA.json())
    }

    func load() throws -> [Recording] {
        let json = try json()
        let decoder = JSONDecoder()
        switch self {
        case .wifiNINA:
            return try decoder.decode([WiFiNINAVector].self, from: json).enumerated().flatMap { index, vector in
                vector.mosi.indices.map { position in
                    Recording(
                        index: index, name: vector.api, family: family, command: Array(hex: vector.mosi[position]),
                        frameLength: vector.frameLengths[position],
                        reply: vector.miso[position].map { Array(hex: $0) })
                }
            }
        case .esp32SPI:
            return try decoder.decode(ESP32SPIFile.self, from: json).vectors.enumerated().flatMap { index, vector in
                vector.exchanges.map { exchange in
                    Recording(
                        index: index, name: vector.call, family: family, command: Array(hex: exchange.mosi),
                        reply: exchange.miso.map { Array(hex: $0) })
                }
            }
        case .firmware:
            return try decoder.decode([FirmwareVector].self, from: json).enumerated().map { index, vector in
                Recording(
                    index: index, name: "\(vector.scenario): \(vector.name)", family: family,
                    command: Array(hex: vector.command),
                    reply: vector.response.map { Array(hex: $0) })
            }
        }
    }
}

/// A recorded call of WiFiNINA: the sketch's call, the bytes on the wires, and its result.
struct WiFiNINAVector: Decodable {
    var api: String
    var mosi: [String]
    var frameLengths: [Int]
    var miso: [String?]
    var result: String

    enum CodingKeys: String, CodingKey {
        case api, mosi, miso, result
        case frameLengths = "frame_len"
    }
}

private struct ESP32SPIFile: Decodable {
    var vectors: [ESP32SPIVector]
}

private struct ESP32SPIVector: Decodable {
    var call: String
    var exchanges: [Exchange]

    struct Exchange: Decodable {
        var mosi: String
        var miso: String?
    }
}

private struct FirmwareVector: Decodable {
    var scenario: String
    var name: String
    var command: String
    var response: String?
}
