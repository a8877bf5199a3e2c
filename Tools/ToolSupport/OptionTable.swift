// One table of options for everything that knows them: the parser accepts an option because it is in the table, and
// `--help`, the manual and the completions of the shells are made from it.

/// The options of a program, or of one of its commands: an enum whose raw values are the names, such as `--socket`.
public protocol ToolOption: CaseIterable, RawRepresentable, Sendable where RawValue == String {
    /// What is to be known of it.
    var entry: OptionEntry { get }
}

/// What is to be known of an option.
public struct OptionEntry: Sendable {
    /// What follows an option on the command line.
    public enum Value: Sendable {
        case none
        /// A text that nobody can complete, by its placeholder.
        case text(String)
        /// One of some words. The placeholder is nil where the words themselves are shown: `queue|reset|drop`.
        case words([String], placeholder: String? = nil)
        case file(String)
        case folder(String)
    }

    public let value: Value
    /// What it does: sentences that begin with a small letter.
    public let text: String
    /// What holds without it; nil for options that print something and end.
    public let standard: String?
    public let isRepeatable: Bool
    /// The parts of its value.
    public let terms: [Term]
    /// The title of the section that has it.
    public let group: String?
    /// Other names.
    public let aliases: [String]

    public init(
        _ value: Value = .none, _ text: String, standard: String?, isRepeatable: Bool = false, terms: [Term] = [],
        group: String? = nil, aliases: [String] = []
    ) {
        self.value = value
        self.text = text
        self.standard = standard
        self.isRepeatable = isRepeatable
        self.terms = terms
        self.group = group
        self.aliases = aliases
    }

    /// The name of its value; nil without a value.
    public var placeholder: String? {
        switch value {
        case .none: nil
        case .text(let name), .file(let name), .folder(let name): name
        case .words(let words, let name): name ?? words.joined(separator: "|")
        }
    }

    /// What it does, in a few words: its first sentence, up to a colon or a semicolon.
    var summary: String {
        var end = text.endIndex
        for mark in [". ", "; ", ": "] {
            if let range = text.firstRange(of: mark), range.lowerBound < end { end = range.lowerBound }
        }
        return String(text[..<end])
    }
}

/// An option of any table.
public struct NamedOption: Sendable {
    public let name: String
    public let entry: OptionEntry

    init(_ option: some ToolOption) {
        name = option.rawValue
        entry = option.entry
    }

    var names: [String] { [name] + entry.aliases }

    /// The name and its value, as in `--socket PATH`.
    var usage: String { names.joined(separator: ", ") + (entry.placeholder.map { " " + $0 } ?? "") }
}

/// A term and what it means.
public struct Term: Sendable {
    let name: String
    let text: String
    /// Its parts.
    let terms: [Term]

    public init(_ name: String, _ text: String, terms: [Term] = []) {
        self.name = name
        self.text = text
        self.terms = terms
    }
}

/// What a program, or one of its commands, has to say about itself.
public struct HelpPage: Sendable {
    /// A part of a page.
    public enum Block: Sendable {
        case text(String)
        /// The manual has a section for terms that most programs have, such as EXIT STATUS.
        case terms([Term], title: String?, section: String? = nil)
        /// Command lines to copy.
        case examples([String])
    }

    /// How it is called: `nina run`.
    public let name: String
    /// What it does, in a few words.
    public let summary: String
    /// What stands behind the options on the command line.
    let operands: [String]
    /// Whether the options are so many that the first line does not list them.
    let hasManyOptions: Bool
    let blocks: [Block]
    public let options: [NamedOption]
    /// What follows the options.
    let endBlocks: [Block]
    /// Options of another program that are accepted too.
    public let passesOn: [NamedOption]
    /// The first words that can stand in place of an option, for completion.
    public let words: [String]
    /// Whether a command and its arguments follow `--`.
    public let takesCommand: Bool
    /// The end of the names of files that can stand in place of an option, such as `.ino`.
    public let fileEnding: String?

    public init<Option: ToolOption>(
        _ name: String, _ summary: String, options: Option.Type, operands: [String] = [], hasManyOptions: Bool = false,
        passesOn: [NamedOption] = [], words: [String] = [], takesCommand: Bool = false, fileEnding: String? = nil,
        _ blocks: [Block],
        end endBlocks: [Block] = []
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.hasManyOptions = hasManyOptions
        self.blocks = blocks
        self.options = Option.allCases.map(NamedOption.init)
        self.endBlocks = endBlocks
        self.passesOn = passesOn
        self.words = words
        self.takesCommand = takesCommand
        self.fileEnding = fileEnding
    }

    /// The options with a common title, in the order of the table.
    var groups: [(title: String?, options: [NamedOption])] {
        var groups: [(title: String?, options: [NamedOption])] = []
        for option in options {
            if let index = groups.firstIndex(where: { $0.title == option.entry.group }) {
                groups[index].options.append(option)
            } else {
                groups.append((option.entry.group, [option]))
            }
        }
        return groups
    }

    /// The options and operands behind the name.
    var synopsis: [String] {
        let options =
            hasManyOptions
            ? ["[OPTION...]"]
            : options.map { "[\($0.usage)]" + ($0.entry.isRepeatable ? "..." : "") }
        return options + operands
    }
}

/// The options of a command that has none.
public enum NoOption: String, ToolOption {
    public static let allCases: [NoOption] = []
    case none
    public var entry: OptionEntry { OptionEntry(.none, "", standard: nil) }
}
