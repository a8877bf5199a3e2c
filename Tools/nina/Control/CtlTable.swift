/// A table in columns that are as wide as what stands in them.
struct CtlTable {
    /// Where the text of a column stands.
    enum Side { case left, right }

    private let sides: [Side]
    private var rows: [[String]]

    init(_ columns: [(title: String, side: Side)]) {
        sides = columns.map(\.side)
        rows = [columns.map(\.title)]
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var isEmpty: Bool { rows.count == 1 }

    var lines: [String] {
        let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - text.count)
                if column > 0 { line += " " }
                line += sides[column] == .left ? text + space : space + text
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// A text in so many characters.
    static func cut(_ text: String, _ width: Int) -> String {
        text.count > width ? text.prefix(width - 1) + "~" : text
    }

    /// A time in at most five characters: `7s`, `1:05`, `2h05`, `3d`.
    static func age(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        let whole = Int(max(0, min(seconds, 1e12)))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3600: "\(whole / 60):\(two(whole % 60))"
        case ..<86_400: "\(whole / 3600)h\(two(whole % 3600 / 60))"
        default: "\(whole / 86_400)d"
        }
    }
}
