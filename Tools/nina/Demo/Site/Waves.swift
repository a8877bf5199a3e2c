import Glibc

/// Pictures made of waves.
enum Waves {
    /// Rings from three points, added up.
    static func ripples() -> IndexedImage {
        let pixels = Canvas.field { x, y in
            let sum = ring(x + 0.62, y + 0.55) + ring(x - 0.78, y + 0.12) + ring(x + 0.12, y - 0.86)
            return 0.5 + sum * 0.23
        }
        return Canvas.image(
            Palette.gradient([Inks.night, Inks.petrol, Inks.teal, Inks.mist, Inks.paper]), pixels)
    }

    /// Two sets of narrow rings laid over each other a little apart.
    static func moire() -> IndexedImage {
        let pixels = Canvas.field { x, y in
            let left = cos(hypotenuse(x + 0.17, y + 0.06) * 92)
            let right = cos(hypotenuse(x - 0.17, y - 0.06) * 92)
            return 0.5 + (left + right) * 0.25
        }
        return Canvas.image(Palette.gradient([Inks.plum, Inks.wine, Inks.coral, Inks.sand, Inks.paper]), pixels)
    }

    /// Seven plane waves at equal angles: order without repetition.
    static func quasicrystal() -> IndexedImage {
        let directions = (0..<7).map { step in
            let angle = Double(step) * Double.pi / 7
            return (x: cos(angle) * 23, y: sin(angle) * 23)
        }
        let pixels = directions.withUnsafeBufferPointer { directions in
            Canvas.field { x, y in
                var sum = 0.0
                var index = 0
                while index < 7 {
                    let direction = directions[index]
                    sum += cos(direction.x * (x + 0.31) + direction.y * (y - 0.22))
                    index &+= 1
                }
                return 0.5 - 0.5 * cos(sum * 0.9 + 0.6)
            }
        }
        return Canvas.image(
            Palette.gradient([Inks.night, Inks.plum, Inks.wine, Inks.coral, Inks.amber, Inks.paper]), pixels)
    }

    /// Sand gathering where a vibrating plate stands still.
    static func chladni() -> IndexedImage {
        let side = Canvas.side
        let low = (0..<side).map { cos(3 * Double.pi * (Double($0) + 0.5) / Double(side)) }
        let high = (0..<side).map { cos(8 * Double.pi * (Double($0) + 0.5) / Double(side)) }
        var chance = Chance(seed: 8)
        let pixels = low.withUnsafeBufferPointer { low in
            high.withUnsafeBufferPointer { high in
                Canvas.fill { column, row in
                    let swing = abs(low[column] * high[row] + high[column] * low[row])
                    let grain = Double(chance.bits() & 0xFFFF) / 65535
                    let line = 1 / (1 + swing * swing * 60)
                    return Canvas.shade(line * (0.72 + 0.42 * grain) + 0.08 * grain - 0.06, 255)
                }
            }
        }
        return Canvas.image(
            Palette.gradient([Inks.night, 0x16324A, Inks.petrol, Inks.sand, Inks.paper]), pixels)
    }

    /// The height of a wave that weakens on its way from the origin.
    private static func ring(_ x: Double, _ y: Double) -> Double {
        let distance = hypotenuse(x, y)
        return sin(distance * 27) / (0.6 + distance)
    }

    private static func hypotenuse(_ x: Double, _ y: Double) -> Double {
        (x * x + y * y).squareRoot()
    }
}
