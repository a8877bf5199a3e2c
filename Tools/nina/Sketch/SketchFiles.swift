import LinuxLibc

/// The files of a sketch, a library or an API, by their paths.
enum SketchFiles {
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The names in a folder, sorted; none if it cannot be read. Hidden files are left out.
    static func names(in folder: String) -> [String] {
        guard let list = opendir(folder) else { return [] }
        defer { closedir(list) }
        var names: [String] = []
        while let entry = readdir(list) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// What a compiler takes: C++ and C.
    static func sources(in folder: String, recursive: Bool, depth: Int = 16) -> [String] {
        var sources: [String] = []
        for name in names(in: folder) {
            let path = "\(folder)/\(name)"
            if [".cpp", ".cc", ".cxx", ".c"].contains(where: { name.hasSuffix($0) }), isFile(path) {
                sources.append(path)
            } else if recursive, depth > 0, isFolder(path) {
                sources += Self.sources(in: path, recursive: true, depth: depth - 1)
            }
        }
        return sources
    }

    /// The bytes of a file; nil if it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes += buffer[..<count]
        }
    }

    /// The path without `.`, `..` and links; nil if there is nothing.
    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastName(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

    /// A program in one of the folders of PATH, or at a path of its own.
    static func program(_ name: String, path: String) -> String? {
        let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first { isFile($0) && access($0, X_OK) == 0 }
    }
}
