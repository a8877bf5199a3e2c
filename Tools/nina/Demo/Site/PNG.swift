/// A picture whose pixels are indices into a palette of at most 256 colours.
struct IndexedImage: Sendable {
    /// The number of pixels in a row.
    let width: Int
    /// The number of rows.
    let height: Int
    /// Red, green and blue of each colour in turn: three bytes per entry.
    let palette: [UInt8]
    /// One palette index per pixel, row after row from the top.
    let pixels: [UInt8]
}

/// Writes palette images as PNG files without compressing them.
///
/// The pixel data are stored deflate blocks: a valid zlib stream that costs five bytes of overhead per 65535 and two
/// checksums of effort, so that even an unoptimised build makes pictures quickly.
enum PNG {
    /// The file contents for an image; `image.pixels` must hold `width * height` indices.
    static func encode(_ image: IndexedImage) -> [UInt8] {
        precondition(image.pixels.count == image.width * image.height, "one index per pixel")
        precondition(!image.palette.isEmpty && image.palette.count % 3 == 0 && image.palette.count <= 768)

        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file.reserveCapacity(image.pixels.count + image.height + image.palette.count + 256)

        var header: [UInt8] = []
        appendBigEndian(UInt32(image.width), to: &header)
        appendBigEndian(UInt32(image.height), to: &header)
        // Eight bits deep, colour type 3 (palette), deflate, adaptive filters, not interlaced.
        header += [8, 3, 0, 0, 0]

        appendChunk([0x49, 0x48, 0x44, 0x52], header, to: &file)
        appendChunk([0x50, 0x4C, 0x54, 0x45], image.palette, to: &file)
        appendChunk([0x49, 0x44, 0x41, 0x54], storedStream(of: scanlines(of: image)), to: &file)
        appendChunk([0x49, 0x45, 0x4E, 0x44], [], to: &file)
        return file
    }

    /// The CRC-32 that closes every chunk (polynomial 0xEDB88320, reflected).
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        crcTable.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { input in
                var crc: UInt32 = 0xFFFF_FFFF
                var index = 0
                let count = input.count
                while index < count {
                    let entry = (crc ^ UInt32(truncatingIfNeeded: input[index])) & 0xFF
                    crc = table[Int(truncatingIfNeeded: entry)] ^ (crc >> 8)
                    index &+= 1
                }
                return ~crc
            }
        }
    }

    /// The Adler-32 checksum that closes a zlib stream.
    static func adler32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { input in
            var low: UInt32 = 1
            var high: UInt32 = 0
            var index = 0
            let count = input.count
            while index < count {
                // 5552 additions are the most that cannot overflow 32 bits before the remainder is taken.
                let end = count - index > 5552 ? index + 5552 : count
                while index < end {
                    low &+= UInt32(truncatingIfNeeded: input[index])
                    high &+= low
                    index &+= 1
                }
                low %= 65521
                high %= 65521
            }
            return high << 16 | low
        }
    }

    private static let crcTable: [UInt32] = (0..<256).map { byte in
        var value = UInt32(byte)
        for _ in 0..<8 {
            value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
        return value
    }

    /// The rows of the image, each led by filter type 0.
    private static func scanlines(of image: IndexedImage) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity(image.pixels.count + image.height)
        for row in 0..<image.height {
            rows.append(0)
            rows += image.pixels[row * image.width..<(row + 1) * image.width]
        }
        return rows
    }

    /// A zlib stream of stored blocks.
    private static func storedStream(of bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        stream.reserveCapacity(bytes.count + bytes.count / 65535 * 5 + 16)
        var start = 0
        repeat {
            let length = min(bytes.count - start, 65535)
            let isLast = start + length == bytes.count
            let low = UInt8(truncatingIfNeeded: length)
            let high = UInt8(truncatingIfNeeded: length >> 8)
            stream += [isLast ? 1 : 0, low, high, ~low, ~high]
            stream += bytes[start..<start + length]
            start += length
        } while start < bytes.count
        appendBigEndian(adler32(bytes), to: &stream)
        return stream
    }

    private static func appendChunk(_ type: [UInt8], _ contents: [UInt8], to file: inout [UInt8]) {
        appendBigEndian(UInt32(contents.count), to: &file)
        let checked = type + contents
        file += checked
        appendBigEndian(crc32(checked), to: &file)
    }

    private static func appendBigEndian(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
