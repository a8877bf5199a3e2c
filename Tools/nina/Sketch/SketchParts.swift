import LinuxIO
import LinuxProcesses

/// What a sketch is made of: folders for `#include`, and files to compile.
struct SketchParts {
    /// The main file of the sketch first, the other tabs behind it by their names.
    let tabs: [SketchSource.Tab]
    private(set) var includes: [String] = []
    private(set) var sources: [String] = []

    init(sketch: String, libraries: [String], api: String?) throws(RunFailure) {
        let main = try Self.mainFile(sketch)
        let folder = SketchFiles.parent(of: main)
        // A file in the folder of its name, or whose folder was given, is one of several; another is a sketch by itself.
        let isWhole =
            SketchFiles.lastName(of: main) == SketchFiles.lastName(of: folder) + ".ino" || SketchFiles.isFolder(sketch)
        tabs = try Self.tabs(main, isWhole: isWhole)
        let core = try Self.core()
        includes.append(core)
        sources += SketchFiles.sources(in: core, recursive: false)
        let api = try Self.api(api)
        includes.append(api)
        // Headers of old names that versions of the API bring, such as avr/pgmspace.h.
        includes += ["deprecated", "deprecated-avr-comp"].map { "\(api)/api/\($0)" }.filter(SketchFiles.isFolder)
        // What is for boards with USB of their own has no place here.
        sources += SketchFiles.sources(in: "\(api)/api", recursive: false).filter {
            !SketchFiles.lastName(of: $0).hasPrefix("PluggableUSB")
        }
        for library in libraries { try add(library: library) }
        includes.append(folder)
        guard isWhole else { return }
        sources += SketchFiles.sources(in: folder, recursive: false)
        sources += SketchFiles.sources(in: "\(folder)/src", recursive: true)
    }

    /// Whether a file, by its whole path, is one of those that are compiled.
    func contain(_ file: String) -> Bool { sources.contains(file) || tabs.contains { $0.path == file } }

    /// The folder of the core: beside the installed program, or in the checkout that it was built in.
    private static func core() throws(RunFailure) -> String {
        var candidates: [String] = []
        if let share = Environment.value("NINA_SHARE"), !share.isEmpty {
            candidates = ["\(share)/arduino"]
        } else if let own = ProgramPath.own {
            var folder = SketchFiles.parent(of: own)
            candidates.append("\(SketchFiles.parent(of: folder))/share/nina/arduino")
            while folder != "/", folder != "." {
                candidates.append("\(folder)/Tools/adapters/arduino")
                folder = SketchFiles.parent(of: folder)
            }
        }
        for candidate in candidates where SketchFiles.isFile("\(candidate)/core/Arduino.h") {
            return "\(candidate)/core"
        }
        throw RunFailure(
            SketchFailure.noCore,
            "there is no core/Arduino.h in \(candidates.first ?? "share/nina/arduino"); NINA_SHARE names the folder that has arduino/core"
        )
    }

    /// The folder that has `api/ArduinoAPI.h`.
    private static func api(_ path: String?) throws(RunFailure) -> String {
        let variable = Environment.value("NINA_ARDUINO_API") ?? ""
        guard let path = path ?? (variable.isEmpty ? nil : variable) else {
            throw RunFailure(
                SketchFailure.noAPI,
                "Arduino.h needs ArduinoCore-API, a project of Arduino on GitHub: give the folder of its clone by --api DIR or "
                    + "NINA_ARDUINO_API")
        }
        guard let folder = SketchFiles.resolved(path) else {
            throw RunFailure(SketchFailure.noAPI, "there is no folder '\(path)', which --api names")
        }
        for candidate in [folder, SketchFiles.parent(of: folder)]
        where SketchFiles.isFile("\(candidate)/api/ArduinoAPI.h") || SketchFiles.isFile("\(candidate)/api/Common.h") {
            return candidate
        }
        throw RunFailure(
            SketchFailure.noAPI, "expected api/ArduinoAPI.h in \(path), which --api names; it is not there")
    }

    /// A library with `src` is compiled as a whole, an older one without its subfolders but `utility`.
    private mutating func add(library: String) throws(RunFailure) {
        guard let folder = SketchFiles.resolved(library), SketchFiles.isFolder(folder) else {
            throw RunFailure(SketchFailure.noLibrary, "there is no folder '\(library)', which --library names")
        }
        let source = "\(folder)/src"
        let isNew = SketchFiles.isFolder(source)
        let root = isNew ? source : folder
        var found = SketchFiles.sources(in: root, recursive: isNew)
        includes.append(root)
        if !isNew, SketchFiles.isFolder("\(folder)/utility") {
            includes.append("\(folder)/utility")
            found += SketchFiles.sources(in: "\(folder)/utility", recursive: false)
        }
        let hasHeader = SketchFiles.names(in: root).contains { $0.hasSuffix(".h") || $0.hasSuffix(".hpp") }
        guard !found.isEmpty || hasHeader else {
            throw RunFailure(
                SketchFailure.noLibrary,
                "the library \(library) has no sources: expected headers or C++ files in \(isNew ? "its src" : "it, or a folder src")"
            )
        }
        sources += found
    }

    private static func mainFile(_ sketch: String) throws(RunFailure) -> String {
        guard let path = SketchFiles.resolved(sketch) else {
            throw RunFailure(SketchFailure.noSketch, "there is no sketch '\(sketch)'")
        }
        guard SketchFiles.isFolder(path) else {
            guard path.hasSuffix(".ino") else {
                throw RunFailure(SketchFailure.noSketch, "expected a file .ino or its folder, got \(sketch)")
            }
            return path
        }
        let names = SketchFiles.names(in: path).filter { $0.hasSuffix(".ino") }
        let own = "\(SketchFiles.lastName(of: path)).ino"
        guard let name = names.contains(own) ? own : names.count == 1 ? names.first : nil else {
            throw RunFailure(
                SketchFailure.noSketch,
                "expected \(own) in \(sketch), which has \(names.isEmpty ? "no file .ino" : names.joined(separator: ", "))"
            )
        }
        return "\(path)/\(name)"
    }

    private static func tabs(_ main: String, isWhole: Bool) throws(RunFailure) -> [SketchSource.Tab] {
        let folder = SketchFiles.parent(of: main)
        let others = SketchFiles.names(in: folder).map { "\(folder)/\($0)" }.filter {
            isWhole && $0.hasSuffix(".ino") && $0 != main
        }
        var tabs: [SketchSource.Tab] = []
        for path in [main] + others {
            // A pipe would wait for its writer.
            guard SketchFiles.isFile(path) else {
                throw RunFailure(SketchFailure.noSketch, "the sketch \(path) is not a plain file")
            }
            guard let bytes = SketchFiles.read(path) else {
                throw RunFailure(SketchFailure.noSketch, "the sketch \(path) cannot be read")
            }
            tabs.append((path, bytes))
        }
        return tabs
    }
}
