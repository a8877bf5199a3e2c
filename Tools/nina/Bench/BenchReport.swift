/// One number of a bench.
struct Figure {
    /// Its name in the JSON.
    let key: String
    /// Its name in the text.
    let name: String
    let value: Double
    /// Empty for a ratio.
    let unit: String
    var spread: Spread?
    /// The text's unit is this many of the JSON's.
    var scale = 1.0

    init(_ key: String, _ name: String, _ value: Double, _ unit: String = "") {
        self.key = key
        self.name = name
        self.value = value
        self.unit = unit
    }

    /// The median of rounds.
    init(_ key: String, _ name: String, _ rounds: [Double], _ unit: String = "", scale: Double = 1) {
        let spread = Spread(rounds)
        self.init(key, name, spread.median, unit)
        self.spread = spread
        self.scale = scale
    }
}

/// Figures of several cases of a kind: a row for each.
struct BenchTable {
    struct Column {
        let key: String
        let title: String
        var unit = ""
    }

    enum Cell {
        case number(Double)
        case count(Int)
        case text(String)
        /// Not measured.
        case none
    }

    /// Its name in the JSON: an array with an object for each row.
    let key: String
    let columns: [Column]
    var rows: [[Cell]] = []
}

/// What a bench has found out.
struct BenchReport {
    /// The bench's option.
    let name: String
    let title: String
    var figures: [Figure] = []
    var table: BenchTable?
    /// The members of a table's only row are members of the JSON object too.
    var isFlatWithOneRow = false
    /// What the JSON has beside figures.
    var facts: [JSONMember] = []
    /// What each ratio means.
    var meanings: [String] = []
    /// What was not measured, and why.
    var leftOut: [String] = []

    init(name: String, title: String) {
        self.name = name
        self.title = title
    }
}

/// Why a bench, or a part of it, cannot be run here.
struct LeftOut: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

// MARK: As JSON

extension BenchReport {
    /// Its members.
    var members: [JSONMember] {
        var members: [JSONMember] = []
        for figure in figures {
            members.append(JSONMember(figure.key, .number(figure.value)))
            guard let spread = figure.spread else { continue }
            members.append(JSONMember("\(figure.key)_low", .number(spread.low)))
            members.append(JSONMember("\(figure.key)_high", .number(spread.high)))
        }
        if let table {
            let rows = table.rows.map(table.members)
            if isFlatWithOneRow, rows.count == 1 { members += rows[0] }
            members.append(JSONMember(table.key, .array(rows.map { .object($0) })))
        }
        members += facts
        if !leftOut.isEmpty { members.append(JSONMember("left_out", .array(leftOut.map { .string($0) }))) }
        return members
    }
}

extension BenchTable {
    fileprivate func members(_ row: [Cell]) -> [JSONMember] {
        zip(columns, row).compactMap { column, cell in
            switch cell {
            case .number(let value): JSONMember(column.key, .number(value))
            case .count(let value): JSONMember(column.key, .number(Double(value)))
            case .text(let text): JSONMember(column.key, .string(text))
            case .none: nil
            }
        }
    }
}

// MARK: As text

extension BenchReport {
    /// In lines of at most 80 characters.
    var text: String {
        var lines = [title, ""]
        lines += figures.map(\.line)
        if let table { lines += table.lines }
        let remarks = meanings + leftOut.map { "left out: \($0)" }
        if !remarks.isEmpty, lines.last != "" { lines.append("") }
        lines += remarks.flatMap { Paragraph.lines($0, indent: 2) }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Figure {
    fileprivate var line: String {
        var line = "  \(name.padded(to: 32))\(Numbers.grouped(value / scale).aligned(to: 9)) \(unit.padded(to: 15))"
        if let spread {
            line += "\(Numbers.grouped(spread.low / scale)) to \(Numbers.grouped(spread.high / scale))"
        }
        return line.trimmedEnd
    }
}

extension BenchTable {
    fileprivate var lines: [String] {
        let cells = [columns.map(\.title), columns.map(\.unit)] + rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            "  "
                + row.indices.map { column in
                    isText(column) ? row[column].padded(to: widths[column]) : row[column].aligned(to: widths[column])
                }.joined(separator: "  ")
        }.map(\.trimmedEnd)
    }

    private func isText(_ column: Int) -> Bool {
        rows.contains { if case .text = $0[column] { true } else { false } }
    }
}

extension BenchTable.Cell {
    fileprivate var text: String {
        switch self {
        case .number(let value): Numbers.grouped(value)
        case .count(let value): Numbers.grouped(value)
        case .text(let text): text
        case .none: "-"
        }
    }
}

/// Text in lines of at most 80 characters.
enum Paragraph {
    static func lines(_ text: String, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > 80 {
                lines.append(line)
                line = String(repeating: " ", count: indent + 2)
                isEmpty = true
            }
            line += isEmpty ? String(word) : " \(word)"
            isEmpty = false
        }
        return isEmpty ? lines : lines + [line]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func aligned(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
    fileprivate var trimmedEnd: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}
