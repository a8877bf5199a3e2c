import Foundation
import Testing

@testable import nina

/// The files of a sketch.
@Suite(.timeLimit(.minutes(10)))
struct SketchPartsTests {
    @Test func aPipeIsNoSketch() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/nina-test-sketch-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(mkfifo("\(folder)/f.ino", 0o600) == 0)
        let failure = #expect(throws: RunFailure.self) {
            try SketchParts(sketch: "\(folder)/f.ino", libraries: [], api: nil)
        }
        #expect(failure?.status == SketchFailure.noSketch)
        #expect(failure?.description.hasSuffix("f.ino is not a plain file") == true)
    }
}
