import Testing

@testable import nina

/// The headers that `g++ -M -MG` has not found.
@Suite(.timeLimit(.minutes(10)))
struct SketchDependenciesTests {
    @Test func aHeaderWithoutAnAbsolutePathIsMissing() {
        let rule = """
            sketch.o: /tmp/a\\ b/sketch.cpp /usr/include/stdc-predef.h \\
             /core/Arduino.h Missing.h My\\ Other.h \\
             /usr/include/stdio.h utility/deep.h

            """
        #expect(SketchDependencies.missing(in: rule) == ["Missing.h", "My Other.h", "utility/deep.h"])
        #expect(SketchDependencies.missing(in: "a.o: /a.cpp\n") == [])
        #expect(SketchDependencies.missing(in: "") == [])
    }
}
