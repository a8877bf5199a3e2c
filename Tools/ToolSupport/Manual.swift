/// A page of the manual, in the language mdoc: see mdoc(7).
public struct Manual {
    private var lines: [String] = []

    /// - Parameters:
    ///   - page: that of the program.
    ///   - commands: those of its commands.
    ///   - seeAlso: the page of another program.
    public init(_ page: HelpPage, commands: [HelpPage] = [], seeAlso: String) {
        lines = [
            ".Dd \(toolDate)", ".Dt \(page.name.uppercased()) 1", ".Os", ".Sh NAME", ".Nm \(page.name)",
            ".Nd \(page.summary)", ".Sh SYNOPSIS",
        ]
        addSynopsis(page)
        lines.append(".Sh DESCRIPTION")
        addBlocks(page.blocks)
        if !page.options.isEmpty { lines.append(".Sh OPTIONS") }
        addOptions(page, sectioned: ".Ss")
        if !commands.isEmpty { lines.append(".Sh COMMANDS") }
        for command in commands {
            lines.append(".Ss \(command.name)")
            lines.append(".Bd -ragged -offset indent")
            addSynopsis(command)
            lines += [".Ed", ".Pp"]
            addBlocks(command.blocks)
            addOptions(command, sectioned: ".Pp")
            addBlocks(command.endBlocks, except: page.sections)
        }
        if !page.endBlocks.isEmpty, !commands.isEmpty || !page.options.isEmpty { addEnd(page.endBlocks) }
        lines += [".Sh SEE ALSO", "\(seeAlso)(1)"]
    }

    public var text: String {
        // No paragraph begins where a section or a list does.
        var result: [String] = []
        for line in lines {
            let opens = [".Sh", ".Ss", ".Bl"].contains { line.hasPrefix($0) }
            if opens, result.last == ".Pp" { result.removeLast() }
            let isFirst = result.last.map { $0 == ".Pp" || $0.hasPrefix(".Sh") || $0.hasPrefix(".Ss") } ?? true
            if line == ".Pp", isFirst { continue }
            result.append(line)
        }
        return result.joined(separator: "\n") + "\n"
    }

    // MARK: Parts of a page

    private mutating func addSynopsis(_ page: HelpPage) {
        let words = page.name.words
        lines.append(".Nm " + words[0])
        if words.count > 1 { lines.append(".Cm " + words.dropFirst().map(Self.argument).joined(separator: " ")) }
        if page.hasManyOptions {
            lines.append(".Op Ar OPTION ...")
        } else {
            for option in page.options {
                lines.append(".Op " + Self.usage(option) + (option.entry.isRepeatable ? " ..." : ""))
            }
        }
        if !page.operands.isEmpty { addText(page.operands.joined(separator: " ")) }
    }

    /// Sections come last, paragraphs go to the description before.
    private mutating func addEnd(_ blocks: [HelpPage.Block]) {
        lines.append(".Sh NOTES")
        let start = lines.count
        for block in blocks {
            if case .terms(_, _, nil) = block { addBlocks([block]) }
            if case .text = block { addBlocks([block]) }
            if case .examples = block { addBlocks([block]) }
        }
        if lines.count == start { lines.removeLast() }
        for block in blocks {
            guard case .terms(let terms, let title, let section?) = block else { continue }
            lines.append(".Sh \(section)")
            if let title, section != "EXIT STATUS" { addText(title) }
            addTerms(terms)
        }
    }

    /// - Parameter sections: those that the page has once, for all commands.
    private mutating func addBlocks(_ blocks: [HelpPage.Block], except sections: Set<String> = []) {
        for block in blocks {
            if case .terms(_, _, let section?) = block, sections.contains(section) { continue }
            lines.append(".Pp")
            switch block {
            case .text(let text): addText(text)
            case .examples(let examples):
                lines.removeLast()
                lines.append(".Bd -literal -offset indent")
                lines += examples.map(Self.escaped)
                lines.append(".Ed")
            case .terms(let terms, let title, _):
                if let title { addText(title) }
                addTerms(terms)
            }
        }
    }

    private mutating func addTerms(_ terms: [Term]) {
        lines.append(".Bl -tag -width Ds")
        for term in terms {
            lines.append(".It Cm " + term.name.words.map(Self.argument).joined(separator: " "))
            addText(term.text)
            if !term.terms.isEmpty { addTerms(term.terms) }
        }
        lines.append(".El")
    }

    private mutating func addOptions(_ page: HelpPage, sectioned macro: String) {
        for group in page.groups {
            if let title = group.title {
                lines.append(macro == ".Ss" ? ".Ss \(title)" : macro)
                if macro != ".Ss" { addText(title) }
            }
            lines.append(".Bl -tag -width Ds")
            for option in group.options { addOption(option) }
            lines.append(".El")
        }
    }

    private mutating func addOption(_ option: NamedOption) {
        let entry = option.entry
        lines.append(".It " + Self.usage(option))
        addText(entry.text + (entry.terms.isEmpty ? "." : ". Keys:"))
        if !entry.terms.isEmpty { addTerms(entry.terms) }
        if entry.isRepeatable { addText("Repeatable.") }
        if let standard = entry.standard { addText("Default: \(standard).") }
    }

    // MARK: The language

    private static func usage(_ option: NamedOption) -> String {
        let names = option.names.map { "Fl \($0.dropFirst())" }.joined(separator: " , ")
        return names + (option.entry.placeholder.map { " Ar " + $0.words.map(argument).joined(separator: " ") } ?? "")
    }

    /// A word that is not taken for a macro: those have two or three letters.
    private static func argument(_ word: String) -> String {
        let word = word.replacing("\\", with: "\\e")
        return word.count <= 3 ? "\\&" + word : word
    }

    private static func escaped(_ line: String) -> String {
        let line = line.replacing("\\", with: "\\e").replacing("--", with: "\\-\\-")
        return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }

    /// Each sentence begins on a line of its own, and no line is longer than 80 characters.
    private mutating func addText(_ text: String) {
        for sentence in text.replacing(". ", with: ".\n").split(separator: "\n") {
            var line = ""
            for word in String(sentence).words {
                let longer = line.isEmpty ? word : line + " " + word
                if Self.escaped(longer).count > 78, !line.isEmpty {
                    lines.append(Self.escaped(line))
                    line = word
                } else {
                    line = longer
                }
            }
            if !line.isEmpty { lines.append(Self.escaped(line)) }
        }
    }
}

extension HelpPage {
    /// The sections of the manual that its terms make.
    fileprivate var sections: Set<String> {
        Set(
            endBlocks.compactMap { block in
                if case .terms(_, _, let section) = block { section } else { nil }
            })
    }
}
