/// The square that all pictures fill, and the ways of filling it.
enum Canvas {
    /// The number of pixels along each side.
    static let side = 256

    /// Asks for the palette index of every pixel, by column and row.
    static func fill(_ index: (Int, Int) -> Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: side * side) { buffer, count in
            let side = Canvas.side
            var position = 0
            var row = 0
            while row < side {
                var column = 0
                while column < side {
                    buffer[position] = UInt8(truncatingIfNeeded: index(column, row))
                    position &+= 1
                    column &+= 1
                }
                row &+= 1
            }
            count = position
        }
    }

    /// Asks for a brightness between 0 and 1 at every pixel; the picture reaches from -1 to 1 both ways.
    static func field(_ value: (Double, Double) -> Double) -> [UInt8] {
        let scale = 2 / Double(side)
        return fill { column, row in
            shade(value((Double(column) + 0.5) * scale - 1, (Double(row) + 0.5) * scale - 1), 255)
        }
    }

    /// Like ``field(_:)``, but takes the mean of four points in every pixel, for pictures with very fine detail.
    static func fineField(_ value: (Double, Double) -> Double) -> [UInt8] {
        let scale = 2 / Double(side)
        return fill { column, row in
            let left = (Double(column) + 0.25) * scale - 1
            let right = left + 0.5 * scale
            let upper = (Double(row) + 0.25) * scale - 1
            let lower = upper + 0.5 * scale
            let sum = value(left, upper) + value(right, upper) + value(left, lower) + value(right, lower)
            return shade(sum * 0.25, 255)
        }
    }

    /// A value between 0 and 1, and whatever lies beyond cut off, as a whole number from 0 to `top`.
    static func shade(_ value: Double, _ top: Int) -> Int {
        if value >= 1 { return top }
        return value > 0 ? Int(value * Double(top) + 0.5) : 0
    }

    /// An image of full size.
    static func image(_ palette: [UInt8], _ pixels: [UInt8]) -> IndexedImage {
        IndexedImage(width: side, height: side, palette: palette, pixels: pixels)
    }
}
