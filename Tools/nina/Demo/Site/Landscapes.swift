import Glibc

/// Pictures made of smooth noise.
enum Landscapes {
    /// A map with lines of equal height.
    static func contours() -> IndexedImage {
        let side = Canvas.side
        let heights = Noise(seed: 12).withSampler { noise in
            var heights: [Double] = []
            heights.reserveCapacity((side + 1) * (side + 1))
            var row = 0
            while row <= side {
                var column = 0
                while column <= side {
                    heights.append(noise(Double(column) * 0.0155 + 3, Double(row) * 0.0155 + 5, 3) * 19 - 2.5)
                    column &+= 1
                }
                row &+= 1
            }
            return heights
        }
        let pixels = heights.withUnsafeBufferPointer { heights in
            Canvas.fill { column, row in
                let index = row &* (side &+ 1) &+ column
                let height = heights[index]
                let slope = abs(heights[index &+ 1] - height) + abs(heights[index &+ side &+ 1] - height)
                let level = height.rounded()
                // The distance to the nearest line, in pixels: the height is the line's plus half.
                let distance = (0.5 - abs(height - level)) / (slope + 0.004)
                let tint = max(0, min(15, Int(height + 0.5)))
                return tint << 4 | Canvas.shade(0.25 + distance * 0.6, 15)
            }
        }
        let inks = [Inks.petrol, Inks.teal, Inks.mist, Inks.paper, Inks.sand, Inks.amber]
        return Canvas.image(Palette.tints(inks, on: Inks.night), pixels)
    }

    /// Noise bent by noise, like the veins in stone.
    static func marble() -> IndexedImage {
        let pixels = Noise(seed: 77).withSampler { noise in
            Canvas.field { x, y in
                let u = x * 1.25 + 4
                let v = y * 1.25 + 4
                let bendX = noise(u, v, 2) * 3.4
                let bendY = noise(u + 5.2, v + 1.3, 2) * 3.4
                let depth = noise(u + bendX, v + bendY, 4)
                return 0.5 + (depth - 0.5) * 1.9 + 0.10 * sin((bendX - bendY + depth * 2) * 9)
            }
        }
        return Canvas.image(
            Palette.gradient([Inks.plum, Inks.wine, Inks.coral, Inks.sand, Inks.paper, Inks.mist, Inks.teal]), pixels)
    }

    /// Hills behind hills, and a low sun.
    static func ridges() -> IndexedImage {
        let side = Canvas.side
        let layers = 7
        // The line of each layer's crest, the farthest layer first.
        let crests = Noise(seed: 31).withSampler { noise in
            (0..<layers * side).map { index in
                let layer = Double(index / side)
                let position = Double(index % side) / Double(side)
                let shape = noise(position * (2.2 + layer * 0.5) + layer * 7.7, layer * 3.1 + 0.5, 4)
                return 108 + layer * 23 - (shape - 0.5) * (104 - layer * 6)
            }
        }
        let pixels = crests.withUnsafeBufferPointer { crests in
            Canvas.fill { column, row in
                let y = Double(row) + 0.5
                var layer = layers - 1
                while layer >= 0 {
                    let depth = y - crests[layer &* side &+ column] + 0.5
                    if depth > 0 {
                        // A little haze gathers in the valleys.
                        return 128 &+ layer &* 16 &+ 15 &- Canvas.shade(depth / 90, 15)
                    }
                    layer &-= 1
                }
                let dx = Double(column) + 0.5 - 172
                let dy = y - 72
                let distance = (dx * dx + dy * dy).squareRoot()
                if distance < 25 { return 112 &+ Canvas.shade(25 - distance, 15) }
                return Canvas.shade(y / 190 + 0.35 * exp((25 - distance) * 0.022), 111)
            }
        }
        let sky = Palette.ramps([[Inks.teal, Inks.mist, Inks.sand, Inks.amber]], entries: 112)
        let sun = Palette.ramps([[Inks.sand, Inks.paper]], entries: 16)
        let hills: [[Ink]] = [
            [0xE9B58A, 0xD98A6B], [0xD58C74, 0xBD6659], [0xB56B69, 0x984A52], [0x8D4B5D, 0x74334A],
            [0x693551, 0x52243F], [0x482546, 0x381A38], [0x2F1B3A, 0x20122A],
        ]
        return Canvas.image(sky + sun + Palette.ramps(hills.map { $0 }, entries: 16), pixels)
    }
}
