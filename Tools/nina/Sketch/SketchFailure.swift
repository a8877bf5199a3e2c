/// Exit statuses of `nina sketch` besides those of `nina run`.
enum SketchFailure {
    static let noCompiler: Int32 = 111
    static let noSketch: Int32 = 112
    static let noLibrary: Int32 = 113
    static let noAPI: Int32 = 114
    static let doesNotCompile: Int32 = 115
    static let noCore: Int32 = 116
}
