import LinuxLibc

/// The pictures of the page: each is a function from a point to a brightness.
enum Gallery {
    private static let sea: [UInt32] = [0x101B33, 0x17505C, 0x2F8F8B, 0xA9D1C0, 0xF8EFDD]
    private static let fire: [UInt32] = [0x32183A, 0x7C2B42, 0xDD6647, 0xE5A13C, 0xEFD29B, 0xF8EFDD]
    private static let stone: [UInt32] = [0x32183A, 0x7C2B42, 0xDD6647, 0xEFD29B, 0xF8EFDD, 0xA9D1C0, 0x2F8F8B]
    private static let dusk: [UInt32] = [
        0x20122A, 0x52243F, 0x984A52, 0xD98A6B, 0xE9B58A, 0xF8EFDD, 0xA9D1C0, 0x2F8F8B,
    ]
    private static let sand: [UInt32] = [0x101B33, 0x16324A, 0x17505C, 0xEFD29B, 0xF8EFDD]

    /// The pictures in the order of the page.
    static let pictures = [
        Picture(
            title: "Ridges", caption: "Seven lines of noise, the nearest the darkest.", inks: dusk, brightness: ridges),
        Picture(title: "Ripples", caption: "Rings from three points, added up.", inks: sea) { x, y in
            func ring(_ r: Double) -> Double { sin(r * 27) / (0.6 + r) }
            return 0.5
                + (ring(hypot(x + 0.62, y + 0.55)) + ring(hypot(x - 0.78, y + 0.12)) + ring(hypot(x + 0.12, y - 0.86)))
                * 0.23
        },
        Picture(title: "Sunflower", caption: "Thirteen spirals cross twenty-one.", inks: fire) { x, y in
            let (angle, depth) = (atan2(y, x), log(hypot(x, y)))
            return 0.5 - 0.6 * cos(6.5 * angle + 11 * depth) * cos(10.5 * angle - 8 * depth)
        },
        Picture(title: "Contours", caption: "Lines of equal height in a land of noise.", inks: sea) { x, y in
            let height = noise(x * 2 + 9, y * 2 + 5, octaves: 3) * 16
            return (height.rounded() / 14 + 0.05) * (abs(height - height.rounded()) < 0.44 ? 1 : 0.3)
        },
        Picture(title: "Julia", caption: "Square, add a constant, count until it escapes.", inks: fire) { x, y in
            let steps = escape(x * 1.34 - y * 0.42, y * 1.34 + x * 0.42, -0.79, 0.15, limit: 140)
            return (steps / 140).squareRoot()
        },
        Picture(title: "Truchet", caption: "One tile with two arcs, turned by a coin.", inks: sand.reversed()) { x, y in
            let (u, v) = (4 * x + 8, 4 * y + 8)
            let v2 = v - v.rounded(.down)
            let u2 =
                random(u.rounded(.down), v.rounded(.down)) < 0.5 ? u - u.rounded(.down) : 1 - (u - u.rounded(.down))
            return 1.25 - 3.2 * min(abs(hypot(u2, v2) - 0.5), abs(hypot(1 - u2, 1 - v2) - 0.5))
        },
        Picture(title: "Moire", caption: "Two sets of rings, slightly apart.", inks: fire) { x, y in
            0.5 + (cos(hypot(x + 0.17, y + 0.06) * 92) + cos(hypot(x - 0.17, y - 0.06) * 92)) * 0.25
        },
        Picture(title: "Seahorse", caption: "A valley at the rim of the Mandelbrot set.", inks: sea) { x, y in
            let steps = escape(0, 0, -0.74676 + x * 0.0024, 0.10748 + y * 0.0024, limit: 300)
            return steps == 300 ? 0 : 0.5 - 0.5 * cos(log(1 + steps * 0.045) * 4.4)
        },
        Picture(title: "Window", caption: "Every point belongs to its nearest seed.", inks: stone, brightness: window),
        Picture(title: "Chladni", caption: "Sand rests where a ringing plate is still.", inks: sand) { x, y in
            let (u, v) = ((x + 1) * .pi / 2, (y + 1) * .pi / 2)
            let swing = cos(3 * u) * cos(8 * v) + cos(8 * u) * cos(3 * v)
            return (0.7 + 0.3 * random(x * 512, y * 512)) / (1 + swing * swing * 60)
        },
        Picture(title: "Charges", caption: "Equal potentials of five charges.", inks: dusk) { x, y in
            var sum = 0.0
            for charge in 0..<5 {
                let angle = Double(charge) * 1.2566
                sum += (charge % 2 == 0 ? 1 : -1) / (0.08 + hypot(x - 0.6 * cos(angle), y - 0.6 * sin(angle)))
            }
            return 0.5 + 0.5 * sin(sum * 4)
        },
        Picture(title: "Pascal", caption: "The odd numbers of Pascal's triangle.", inks: stone.reversed()) { x, y in
            let row = Int((y + 1) * 31.999)
            let column = Int((x + (y + 1) / 2) * 32 + 64) - 64
            guard column >= 0, column <= row else { return 0.62 - 0.1 * y }
            return column & (row - column) == 0 ? 0.9 + 0.1 * y : 0.5 - 0.05 * y
        },
        Picture(title: "Newton", caption: "Which of three roots a point is led to.", inks: stone, brightness: newton),
        Picture(title: "Quasicrystal", caption: "Seven plane waves: order that never repeats.", inks: fire) { x, y in
            var sum = 0.0
            for wave in 0..<7 {
                let angle = Double(wave) * .pi / 7
                sum += cos(23 * (cos(angle) * (x + 0.31) + sin(angle) * (y - 0.22)))
            }
            return 0.5 - 0.5 * cos(sum * 0.9 + 0.6)
        },
        Picture(title: "Marble", caption: "Noise, bent by noise.", inks: stone) { x, y in
            let (u, v) = (x * 1.25 + 4, y * 1.25 + 4)
            let bend = noise(u, v, octaves: 2) * 3.4
            let depth = noise(u + bend, v + 4 - bend, octaves: 3)
            return 0.5 + (depth - 0.5) * 1.9 + 0.1 * sin((bend + depth) * 18)
        },
    ]

    // MARK: Larger pictures

    @Sendable private static func ridges(_ x: Double, _ y: Double) -> Double {
        for layer in (0..<7).reversed() {
            let line = -0.25 + Double(layer) * 0.19
            let crest =
                line - (noise(x * (1 + Double(layer) * 0.3) + 7.7 * Double(layer) + 9, 3, octaves: 4) - 0.5) * 0.8
            // The nearest hill is the darkest; haze collects in the valleys.
            if y > crest { return 0.5 - Double(layer) * 0.085 + min((y - crest) * 0.12, 0.06) }
        }
        let sun = hypot(x - 0.34, y + 0.44)
        return sun < 0.2 ? 0.71 : 0.98 - (y + 1) * 0.2 - 0.25 * exp((0.2 - sun) * 3)
    }

    @Sendable private static func window(_ x: Double, _ y: Double) -> Double {
        let (u, v) = ((3 * x + 9).rounded(.down), (3 * y + 9).rounded(.down))
        var (nearest, second, tint) = (9.0, 9.0, 0.0)
        for step in 0..<25 {
            // One seed at a random position in each cell of a grid.
            let (column, row) = (u + Double(step % 5 - 2), v + Double(step / 5 - 2))
            let seed = (column + random(column, row), row + random(row + 50, column))
            let distance = hypot(seed.0 - 3 * x - 9, seed.1 - 3 * y - 9)
            if distance < nearest {
                (second, nearest, tint) = (nearest, distance, random(column + 90, row))
            } else {
                second = min(second, distance)
            }
        }
        return second - nearest < 0.07 ? 0 : 0.25 + 0.75 * tint - 0.1 * nearest
    }

    @Sendable private static func newton(_ x: Double, _ y: Double) -> Double {
        var (re, im, steps) = (x * 1.5 + 0.05, y * 1.5, 0.0)
        while steps < 16 {
            // z - (z^3 - 1) / (3 z^2) = (2 z + 1 / z^2) / 3
            let (squareRe, squareIm) = (re * re - im * im, 2 * re * im)
            let norm = squareRe * squareRe + squareIm * squareIm + 1e-12
            let (nextRe, nextIm) = ((2 * re + squareRe / norm) / 3, (2 * im - squareIm / norm) / 3)
            if abs(nextRe - re) + abs(nextIm - im) < 0.02 { break }
            (re, im, steps) = (nextRe, nextIm, steps + 1)
        }
        return (re > 0 ? 0.3 : im > 0 ? 0.62 : 0.98) - min(steps, 9) * 0.028
    }

    // MARK: Arithmetic

    /// The number of iterations of squaring and adding until a point escapes, with a smooth fraction; `limit` if it
    /// stays.
    private static func escape(
        _ startX: Double, _ startY: Double, _ addX: Double, _ addY: Double, limit: Int
    ) -> Double {
        var (x, y) = (startX, startY)
        for step in 0..<limit {
            let (xx, yy) = (x * x, y * y)
            if xx + yy > 256 { return Double(step) + 3 - log2(log2(xx + yy) / 2) }
            y = 2 * x * y + addY
            x = xx - yy + addX
        }
        return Double(limit)
    }

    /// A pseudorandom value from 0 to 1, always the same for the same whole numbers.
    private static func random(_ column: Double, _ row: Double) -> Double {
        var bits = UInt64(bitPattern: Int64(column)) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(row))
        bits = (bits ^ bits >> 29) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 32) &* 0x94D0_49BB_1331_11EB
        return Double(bits >> 40) / Double(1 << 24)
    }

    /// Random values at whole coordinates, smoothly interpolated; each octave adds detail of half the size.
    private static func noise(_ x: Double, _ y: Double, octaves: Int) -> Double {
        var (sum, weight) = (0.0, 0.5)
        var (u, v) = (x, y)
        for _ in 0..<octaves {
            let (column, row) = (u.rounded(.down), v.rounded(.down))
            let (dx, dy) = (u - column, v - row)
            let (sx, sy) = (dx * dx * (3 - 2 * dx), dy * dy * (3 - 2 * dy))
            let top = random(column, row) * (1 - sx) + random(column + 1, row) * sx
            let bottom = random(column, row + 1) * (1 - sx) + random(column + 1, row + 1) * sx
            sum += weight * (top * (1 - sy) + bottom * sy)
            weight /= 2
            (u, v) = (u * 2 + 17.3, v * 2 + 9.1)
        }
        return sum / (1 - 2 * weight)
    }
}
