/// One picture of the gallery, and what the page says about it.
struct Picture: Sendable {
    /// The file name without its ending.
    let name: String
    /// The heading of the caption.
    let title: String
    /// One sentence about how the picture is made.
    let caption: String
    /// What the picture looks like, for those who do not see it.
    let description: String
    /// Makes the picture; the result is the same every time.
    let make: @Sendable () -> IndexedImage

    /// Where the site serves the picture.
    var path: String { "/pictures/\(name).png" }
}

/// The fifteen pictures, in the order of the gallery.
enum Pictures {
    /// All of them.
    static let all: [Picture] = [
        Picture(
            name: "ridges", title: "Ridges",
            caption: "Seven lines of noise, the nearest the darkest.",
            description: "Hills fading from orange to violet beneath a low pale sun in a green sky",
            make: Landscapes.ridges),
        Picture(
            name: "ripples", title: "Ripples",
            caption: "Rings from three points, added together.",
            description: "A woven texture of light and dark green where circular waves cross",
            make: Waves.ripples),
        Picture(
            name: "phyllotaxis", title: "Sunflower",
            caption: "Each seed turns on by the golden angle.",
            description: "Round seeds from cream to red, packed in spirals on a violet ground",
            make: Patterns.phyllotaxis),
        Picture(
            name: "contours", title: "Contours",
            caption: "Lines of equal height in a country that is not there.",
            description: "A map with nested contour lines, from deep green lowland to yellow heights",
            make: Landscapes.contours),
        Picture(
            name: "julia", title: "Julia",
            caption: "Square, add a constant, and count until it escapes.",
            description: "Glowing dendrites that branch in double spirals out of a dark red field",
            make: Fractals.julia),
        Picture(
            name: "truchet", title: "Truchet",
            caption: "One tile, two arcs, turned by the toss of a coin.",
            description: "Winding orange ribbons with pale cores over a ground of green and dark blue",
            make: Patterns.truchet),
        Picture(
            name: "moire", title: "Moiré",
            caption: "Two sets of rings, laid down slightly apart.",
            description: "Fine red rings whose overlap fans out into broad pale and dark rays",
            make: Waves.moire),
        Picture(
            name: "mandelbrot", title: "Seahorse",
            caption: "A valley on the rim of the Mandelbrot set.",
            description: "A dark eye ringed by pale green teeth, from which tails of fine foam curl away",
            make: Fractals.mandelbrot),
        Picture(
            name: "voronoi", title: "Window",
            caption: "Every point belongs to the nearest of its seeds.",
            description: "Panes of orange, cream and green glass between dark blue leading",
            make: Patterns.voronoi),
        Picture(
            name: "chladni", title: "Chladni",
            caption: "Sand comes to rest where a ringing plate stands still.",
            description: "A symmetrical figure of bright curved lines of sand on a dark plate",
            make: Waves.chladni),
        Picture(
            name: "attractor", title: "Attractor",
            caption: "Four hundred thousand steps of one wandering point.",
            description: "Thin luminous veils folded over one another against the dark",
            make: Fractals.attractor),
        Picture(
            name: "automaton", title: "Rule 30",
            caption: "Each cell heeds three above it. Disorder follows.",
            description: "A triangle of small red and violet cells growing downward from one point",
            make: Patterns.automaton),
        Picture(
            name: "newton", title: "Newton",
            caption: "Three roots of one, and the quarrel at their borders.",
            description: "Regions of green, red and orange that meet in chains of ever smaller beads",
            make: Fractals.newton),
        Picture(
            name: "quasicrystal", title: "Quasicrystal",
            caption: "Seven plane waves: order that never repeats.",
            description: "Stars and rosettes of orange and violet in sevenfold order",
            make: Waves.quasicrystal),
        Picture(
            name: "marble", title: "Marble",
            caption: "Noise, bent by noise, bent once more.",
            description: "Flowing bands of red, cream and green, like polished stone",
            make: Landscapes.marble),
    ]
}
