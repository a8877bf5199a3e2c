/// The text of `--help`.
struct HelpText {
    /// Where names of options and terms begin.
    private static let indent = 2

    /// The longest line.
    private let width: Int
    /// Where the texts of options and terms begin. In a narrow terminal they have lines of their own.
    private let column: Int
    /// The width of names inside the text of an option.
    private let innerNames: Int

    private(set) var lines: [String] = []

    init(_ page: HelpPage, width: Int) {
        self.width = width
        column = width < 60 ? 6 : 20
        innerNames = width < 60 ? 4 : 17
        lines = wrapped(page.synopsis, first: page.name + " ", column: page.name.count + 1)
        lines.append("")
        for block in page.blocks { add(block) }
        for group in page.groups {
            if let title = group.title { lines.append(title) }
            for option in group.options { add(option) }
            lines.append("")
        }
        for block in page.endBlocks { add(block) }
    }

    private mutating func add(_ block: HelpPage.Block) {
        switch block {
        case .text(let text): lines += wrapped(text.words, first: "", column: 0)
        case .examples(let examples): lines += examples.map { Self.space(Self.indent) + $0 }
        case .terms(let terms, let title, _):
            if let title { lines += wrapped(title.words, first: "", column: 0) }
            for term in terms { add(term, indent: Self.indent, column: column) }
        }
        lines.append("")
    }

    private mutating func add(_ term: Term, indent: Int, column: Int) {
        lines += paragraph(term.name, term.text, indent: indent, column: column)
        for inner in term.terms { add(inner, indent: indent + 2, column: column) }
    }

    private mutating func add(_ option: NamedOption) {
        let entry = option.entry
        let standard = entry.standard.map { " Default: \($0)" } ?? ""
        let text = entry.isRepeatable ? entry.text + ". Repeatable" : entry.text
        guard !entry.terms.isEmpty else {
            let end = standard.isEmpty ? "" : "."
            lines += paragraph(option.usage, text + end + standard, indent: Self.indent, column: column)
            return
        }
        lines += paragraph(option.usage, text + ". Keys:", indent: Self.indent, column: column)
        for term in entry.terms {
            let indent = column + 2
            lines += paragraph(term.name, term.text, indent: indent, column: indent + innerNames)
        }
        if !standard.isEmpty { lines += paragraph("", String(standard.dropFirst()), indent: 0, column: column) }
    }

    /// A name, and a text that has its own column.
    private func paragraph(_ name: String, _ text: String, indent: Int, column: Int) -> [String] {
        let start = Self.space(indent) + name
        if start.count < column {
            return wrapped(text.words, first: start + Self.space(column - start.count), column: column)
        }
        return [start] + wrapped(text.words, first: Self.space(column), column: column)
    }

    private static func space(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Words in lines that begin at a column, except the first.
    private func wrapped(_ words: [String], first: String, column: Int) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in words {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = Self.space(column)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        lines.append(isEmpty ? String(first.reversed().drop { $0 == " " }.reversed()) : line)
        return lines
    }
}

extension HelpPage {
    /// The text of `--help`, in lines of at most 80 characters; less in a terminal with fewer columns.
    public func help(columns: Int?) -> String {
        var lines = HelpText(self, width: min(max(columns ?? 80, 40), 80)).lines
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    var words: [String] { split(separator: " ").map(String.init) }
}
