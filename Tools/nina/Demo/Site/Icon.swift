/// The icon that browsers show beside the title: a dot and two arcs, as of something sending.
enum Icon {
    /// An icon file with one picture of 32 by 32 pixels.
    static func file() -> [UInt8] {
        let side = 32
        var pixels: [UInt8] = []
        for row in 0..<side {
            for column in 0..<side {
                let dx = Double(column) + 0.5 - 6
                let dy = Double(row) + 0.5 - 26
                let distance = (dx * dx + dy * dy).squareRoot()
                // A dot and two arcs around the lower left corner, with soft edges.
                var cover = 4.5 - distance
                for radius in [11.0, 19.0] where dx > -4 && dy < 4 {
                    cover = max(cover, 2.4 - abs(distance - radius))
                }
                pixels.append(UInt8(Canvas.shade(cover, 15)))
            }
        }
        let palette = Array(Palette.tints([Inks.amber, Inks.amber], on: Inks.night).prefix(48))
        let png = PNG.encode(IndexedImage(width: side, height: side, palette: palette, pixels: pixels))

        // A directory of one entry, then the picture itself, all numbers with the low byte first.
        var file: [UInt8] = [0, 0, 1, 0, 1, 0, UInt8(side), UInt8(side), 0, 0, 1, 0, 8, 0]
        for number in [UInt32(png.count), 22] {
            for shift in [0, 8, 16, 24] as [UInt32] {
                file.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return file + png
    }
}
