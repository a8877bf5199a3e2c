/// The text of `--help`: lines of at most 80 characters.
struct HelpText {
    private static let width = 80
    /// Where names of options and terms begin, and where their texts do.
    private static let indent = 2
    private static let column = 20
    /// The width of names inside the text of an option.
    private static let innerNames = 17

    private(set) var lines: [String] = []

    init(_ page: HelpPage) {
        lines = Self.wrapped(page.synopsis, first: page.name + " ", column: page.name.count + 1)
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
        case .text(let text): lines += Self.wrapped(text.words, first: "", column: 0)
        case .examples(let examples): lines += examples.map { Self.space(Self.indent) + $0 }
        case .terms(let terms, let title, _):
            if let title { lines += Self.wrapped(title.words, first: "", column: 0) }
            for term in terms { add(term, indent: Self.indent, column: Self.column) }
        }
        lines.append("")
    }

    private mutating func add(_ term: Term, indent: Int, column: Int) {
        lines += Self.entry(term.name, term.text, indent: indent, column: column)
        for inner in term.terms { add(inner, indent: indent + 2, column: column) }
    }

    private mutating func add(_ option: NamedOption) {
        let entry = option.entry
        let standard = entry.standard.map { " Default: \($0)" } ?? ""
        let text = entry.isRepeatable ? entry.text + ". Repeatable" : entry.text
        guard !entry.terms.isEmpty else {
            let end = standard.isEmpty ? "" : "."
            lines += Self.entry(option.usage, text + end + standard, indent: Self.indent, column: Self.column)
            return
        }
        lines += Self.entry(option.usage, text + ". Keys:", indent: Self.indent, column: Self.column)
        for term in entry.terms {
            let indent = Self.column + 2
            lines += Self.entry(term.name, term.text, indent: indent, column: indent + Self.innerNames)
        }
        if !standard.isEmpty { lines += Self.entry("", String(standard.dropFirst()), indent: 0, column: Self.column) }
    }

    /// A name, and a text that has its own column.
    private static func entry(_ name: String, _ text: String, indent: Int, column: Int) -> [String] {
        let start = space(indent) + name
        if start.count < column {
            return wrapped(text.words, first: start + space(column - start.count), column: column)
        }
        return [start] + wrapped(text.words, first: space(column), column: column)
    }

    private static func space(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Words in lines that begin at a column, except the first.
    private static func wrapped(_ words: [String], first: String, column: Int) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in words {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = space(column)
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
    /// The text of `--help`.
    public var help: String {
        var lines = HelpText(self).lines
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    var words: [String] { split(separator: " ").map(String.init) }
}
