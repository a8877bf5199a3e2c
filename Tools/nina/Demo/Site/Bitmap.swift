/// A picture of the gallery: a brightness function, and the colors that display it from dark to bright.
struct Picture: Sendable {
    let title: String
    /// A sentence on how it is generated.
    let caption: String
    /// Colors as RRGGBB, at least two.
    let inks: [UInt32]
    /// The brightness of a point, 0 to 1. Both coordinates range from -1 (left, top) to 1.
    let brightness: @Sendable (_ x: Double, _ y: Double) -> Double

    /// Pixels on each side.
    static let side = 256

    var path: String { "/pictures/\(title.lowercased()).bmp" }

    /// A BMP file with 8 bits per pixel: file header, information header, 256 colors, rows from bottom to top.
    func bitmap() -> [UInt8] {
        let pixels = Self.side * Self.side
        let start: UInt32 = 14 + 40 + 4 * 256
        var file = Array("BM".utf8)
        for number in [start + UInt32(pixels), 0, start, 40, UInt32(Self.side), UInt32(Self.side)] { append(number) }
        file += [1, 0, 8, 0]
        for number in [0, UInt32(pixels), 2835, 2835, 256, 0] as [UInt32] { append(number) }
        for index in 0..<256 { append(color(Double(index) / 255)) }
        file.reserveCapacity(file.count + pixels)
        for row in (0..<Self.side).reversed() {
            for column in 0..<Self.side { file.append(pixel(column, row)) }
        }
        return file

        func append(_ number: UInt32) {
            for shift in [0, 8, 16, 24] as [UInt32] { file.append(UInt8(truncatingIfNeeded: number >> shift)) }
        }
    }

    /// The mean of two samples of a pixel, which smooths edges.
    private func pixel(_ column: Int, _ row: Int) -> UInt8 {
        let scale = 2 / Double(Self.side)
        let (x, y) = (Double(column) * scale - 1, Double(row) * scale - 1)
        let sum = brightness(x + scale * 0.25, y + scale * 0.25) + brightness(x + scale * 0.75, y + scale * 0.75)
        return UInt8(min(max(sum / 2, 0), 1) * 255)
    }

    /// The color for a brightness: interpolates the squares of two colors, so that the middle is not too dark.
    private func color(_ brightness: Double) -> UInt32 {
        let place = brightness * Double(inks.count - 1)
        let index = min(Int(place), inks.count - 2)
        let share = place - Double(index)
        return [16, 8, 0].reduce(0) { color, shift in
            let (low, high) = (Double(inks[index] >> shift & 255), Double(inks[index + 1] >> shift & 255))
            return color << 8 | UInt32((low * low + (high * high - low * low) * share).squareRoot())
        }
    }
}
