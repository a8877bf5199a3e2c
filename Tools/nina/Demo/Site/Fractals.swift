import Glibc

/// Pictures made by repeating one step of arithmetic.
enum Fractals {
    /// The Julia set of one constant, coloured by how fast points escape.
    static func julia() -> IndexedImage {
        let pixels = Canvas.fineField { x, y in
            let steps = escape(x * 1.34 - y * 0.42, y * 1.34 + x * 0.42, -0.79, 0.15, limit: 160)
            return steps < 0 ? 1 : (steps * 0.0072).squareRoot()
        }
        return Canvas.image(
            Palette.gradient([Inks.plum, Inks.wine, Inks.coral, Inks.amber, Inks.sand, Inks.paper]), pixels)
    }

    /// A valley at the rim of the Mandelbrot set.
    static func mandelbrot() -> IndexedImage {
        let pixels = Canvas.fineField { x, y in
            let steps = escape(0, 0, -0.74676 + x * 0.0024, 0.10748 + y * 0.0024, limit: 400)
            return steps < 0 ? 0 : 0.5 - 0.5 * cos(log(1 + steps * 0.045) * 4.4)
        }
        return Canvas.image(
            Palette.gradient([Inks.night, Inks.petrol, Inks.teal, Inks.mist, Inks.paper]), pixels)
    }

    /// Where Newton's method leads from each point: three roots, shaded by the steps it takes.
    static func newton() -> IndexedImage {
        let pixels = Canvas.field { x, y in
            var re = x * 1.5 + 0.05
            var im = y * 1.5
            var steps = 0.0
            var last = 1.0
            while steps < 28 {
                let square = (re * re - im * im, 2 * re * im)
                let cube = (square.0 * re - square.1 * im, square.0 * im + square.1 * re)
                let scale = 3 * (square.0 * square.0 + square.1 * square.1) + 1e-12
                let dx = ((cube.0 - 1) * square.0 + cube.1 * square.1) / scale
                let dy = (cube.1 * square.0 - (cube.0 - 1) * square.1) / scale
                re -= dx
                im -= dy
                let distance = dx * dx + dy * dy
                if distance < 1e-6 {
                    // The last two step lengths tell where between two counts the point belongs.
                    steps += log(1e-6 / last) / log(distance / last + 1e-30)
                    break
                }
                last = distance
                steps += 1
            }
            let root = re > 0 ? 0.0 : im > 0 ? 1.0 : 2.0
            let shade = 1 - min(0.97, max(0, steps - 2.2) / 11)
            return (root * 85 + (shade * 84).rounded()) / 255
        }
        let ramps: [[Ink]] = [
            [Inks.night, Inks.petrol, Inks.teal, Inks.mist],
            [Inks.plum, Inks.wine, Inks.coral, Inks.sand],
            [Inks.plum, 0x9A4B34, Inks.amber, Inks.paper],
        ]
        return Canvas.image(Palette.ramps(ramps, entries: 85), pixels)
    }

    /// The path of a strange attractor, brighter wherever it comes back to.
    static func attractor() -> IndexedImage {
        let side = Canvas.side
        var visits = [Int32](repeating: 0, count: side * side)
        visits.withUnsafeMutableBufferPointer { visits in
            let scale = Double(side) / 5.4
            let middle = Double(side) / 2
            var x = 0.1
            var y = 0.1
            var count = 0
            while count < 400_000 {
                let next = sin(-1.4 * y) + 1.0 * cos(-1.4 * x)
                y = sin(1.6 * x) + 0.7 * cos(1.6 * y)
                x = next
                let column = Int(x * scale * 1.5 + middle - 20)
                let row = Int(y * scale * 1.5 + middle - 8)
                if column >= 0, column < side, row >= 0, row < side {
                    visits[row &* side &+ column] &+= 1
                }
                count &+= 1
            }
        }
        let pixels = visits.withUnsafeBufferPointer { visits in
            Canvas.fill { column, row in
                let count = visits[row &* side &+ column]
                return count == 0 ? 0 : Canvas.shade(log(1 + Double(count)) * 0.24, 255)
            }
        }
        return Canvas.image(
            Palette.gradient([Inks.night, Inks.petrol, Inks.teal, Inks.mist, Inks.paper, Inks.paper]), pixels)
    }

    /// How many steps of squaring and adding it takes to leave, with a smooth fraction; negative if it never does.
    private static func escape(
        _ startX: Double, _ startY: Double, _ addX: Double, _ addY: Double, limit: Int
    ) -> Double {
        var x = startX
        var y = startY
        var step = 0
        while step < limit {
            let xx = x * x
            let yy = y * y
            if xx + yy > 256 {
                return Double(step) + 1 - log2(log2(xx + yy) / 2) + 2
            }
            y = 2 * x * y + addY
            x = xx - yy + addX
            step &+= 1
        }
        return -1
    }
}
