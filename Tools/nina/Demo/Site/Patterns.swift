import Glibc

/// Pictures made of tiles, cells and seeds.
enum Patterns {
    /// Quarter circles on square tiles, each turned by chance.
    static func truchet() -> IndexedImage {
        var chance = Chance(seed: 21)
        let turned = (0..<64).map { _ in chance.bits() & 1 == 1 }
        let pixels = Canvas.fill { column, row in
            let tile = (row >> 5) &* 8 &+ column >> 5
            var x = (Double(column & 31) + 0.5) / 32
            let y = (Double(row & 31) + 0.5) / 32
            if turned[tile] { x = 1 - x }
            let near = (x * x + y * y).squareRoot()
            let far = ((1 - x) * (1 - x) + (1 - y) * (1 - y)).squareRoot()
            return Canvas.shade(1 - 2 * min(abs(near - 0.5), abs(far - 0.5)), 255)
        }
        let palette = Palette.gradient(at: [
            (0, Inks.petrol), (86, Inks.teal), (98, Inks.night), (128, Inks.night), (146, Inks.amber),
            (204, Inks.coral), (222, Inks.paper), (255, Inks.paper),
        ])
        return Canvas.image(palette, pixels)
    }

    /// The elementary cellular automaton 30, one row after the other from a single cell.
    static func automaton() -> IndexedImage {
        let cells = 64
        // Wide enough for the pattern to grow without meeting an edge.
        let width = cells * 3
        var generations = [UInt8](repeating: 0, count: width * cells)
        generations[width / 2] = 1
        for row in 1..<cells {
            for column in 1..<width - 1 {
                let above = (row - 1) * width + column
                let pattern = generations[above - 1] << 2 | generations[above] << 1 | generations[above + 1]
                generations[row * width + column] = 30 >> pattern & 1
            }
        }
        let pixels = generations.withUnsafeBufferPointer { cell in
            Canvas.fill { column, row in
                let index = (row >> 2) &* width &+ (column >> 2) &+ cells
                guard cell[index] == 1 else { return 128 &+ row >> 1 }
                return 127 &- row >> 1
            }
        }
        let palette = Palette.ramps([[Inks.plum, Inks.wine, Inks.coral], [Inks.paper, Inks.sand]], entries: 128)
        return Canvas.image(palette, pixels)
    }

    /// Seeds set one after the other at the golden angle, as in a sunflower.
    static func phyllotaxis() -> IndexedImage {
        let side = Canvas.side
        var pixels = [UInt8](repeating: 0, count: side * side)
        let goldenAngle = Double.pi * (3 - 5.0.squareRoot())
        let seeds = 330
        for seed in 0..<seeds {
            let share = (Double(seed) + 0.5) / Double(seeds)
            let distance = share.squareRoot() * 116
            let angle = Double(seed) * goldenAngle
            let x = 128 + distance * cos(angle)
            let y = 128 + distance * sin(angle)
            let radius = 2.2 + 3.2 * share.squareRoot()
            disc(x, y, radius, tint: Canvas.shade(share.squareRoot(), 15), &pixels)
        }
        let palette = Palette.tints([Inks.paper, Inks.sand, Inks.amber, Inks.coral, 0xB34A45], on: Inks.plum)
        return Canvas.image(palette, pixels)
    }

    /// Glass of sixteen colours: every point belongs to the nearest of some scattered seeds.
    static func voronoi() -> IndexedImage {
        var chance = Chance(seed: 5)
        let count = 34
        let seeds = (0..<count).map { index in
            // One seed in each field of a loose grid keeps the panes of similar size.
            let x = (Double(index % 6) + 0.12 + 0.76 * chance.unit()) / 3 - 1
            let y = (Double(index / 6) + 0.12 + 0.76 * chance.unit()) / 3 - 1
            return (x: x, y: y)
        }
        let tints = (0..<count).map { _ in Int(chance.unit() * 16) }
        let pixels = seeds.withUnsafeBufferPointer { seeds in
            Canvas.fill { column, row in
                let x = (Double(column) + 0.5) / 128 - 1
                let y = (Double(row) + 0.5) / 128 - 1
                var nearest = 100.0
                var second = 100.0
                var owner = 0
                var index = 0
                while index < count {
                    let seed = seeds[index]
                    let dx = seed.x - x
                    let dy = seed.y - y
                    let distance = dx * dx + dy * dy
                    if distance < nearest {
                        second = nearest
                        nearest = distance
                        owner = index
                    } else if distance < second {
                        second = distance
                    }
                    index &+= 1
                }
                let gap = second.squareRoot() - nearest.squareRoot()
                let light = min(1, gap * 34 - 0.6) - 0.55 * nearest.squareRoot()
                return tints[owner] << 4 | Canvas.shade(light + 0.12, 15)
            }
        }
        let inks = [Inks.petrol, Inks.teal, Inks.mist, Inks.paper, Inks.sand, Inks.amber, Inks.coral]
        return Canvas.image(Palette.tints(inks, on: Inks.night), pixels)
    }

    /// Draws a disc with a soft rim into a picture with a palette of tints.
    private static func disc(_ x: Double, _ y: Double, _ radius: Double, tint: Int, _ pixels: inout [UInt8]) {
        let side = Canvas.side
        let reach = radius + 1
        for row in max(0, Int(y - reach))...min(side - 1, Int(y + reach)) {
            for column in max(0, Int(x - reach))...min(side - 1, Int(x + reach)) {
                let dx = Double(column) + 0.5 - x
                let dy = Double(row) + 0.5 - y
                let cover = Canvas.shade(radius + 0.5 - (dx * dx + dy * dy).squareRoot(), 15)
                if cover > 0 {
                    pixels[row * side + column] = UInt8(tint << 4 | cover)
                }
            }
        }
    }
}
