import LinuxIO

/// The libraries of a sketch, and where others are likely to be.
struct SketchLibraries {
    private let given: [String]
    /// Folders that may have further libraries.
    private let places: [String]

    init(_ given: [String], sketch: String) {
        self.given = given
        let folder = SketchFiles.resolved(sketch).map { SketchFiles.isFolder($0) ? $0 : SketchFiles.parent(of: $0) }
        var places = given.compactMap(SketchFiles.resolved).map(SketchFiles.parent)
        // A sketch is in a folder of its name, beside the libraries in Arduino's folder of sketches.
        if let folder { places += [SketchFiles.parent(of: folder), "\(SketchFiles.parent(of: folder))/libraries"] }
        if let home = Environment.value("HOME"), !home.isEmpty { places.append("\(home)/Arduino/libraries") }
        self.places = places
    }

    /// What to do about a header that the compiler has not found.
    func advice(for header: String) -> String {
        let folder = places.lazy.flatMap { place in SketchFiles.names(in: place).lazy.map { "\(place)/\($0)" } }.first {
            SketchFiles.isFile("\($0)/src/\(header)") || SketchFiles.isFile("\($0)/\(header)")
        }
        let option =
            folder.map { "try --library \(shellWord($0))" }
            ?? "--library DIR names the folder of the library that has it"
        return "there is no \(header)\(given.isEmpty ? "" : " in the libraries"): \(option)"
    }

    private func shellWord(_ text: String) -> String {
        text.contains(where: { " '\"\\$&()[]*?;".contains($0) })
            ? "'\(text.replacing("'", with: "'\\''"))'" : text
    }
}

/// What `g++ -M -MG` says.
enum SketchDependencies {
    /// The headers that were not found: the others have absolute paths, as all folders of headers have.
    static func missing(in rule: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        for character in rule.drop(while: { $0 != ":" }).dropFirst() {
            if isEscaped {
                if !character.isNewline { word.append(character) }
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words.filter { !$0.hasPrefix("/") }
    }
}
