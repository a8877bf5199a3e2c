import NINAWire
import Testing

@testable import NINACoprocessor

@Suite struct SystemTests {
    @Test func tellsItsVersion() throws {
        let bench = try Bench(joined: false)
        #expect(try bench.ask(0x37) == [Array("3.5.0\0".utf8)])
        #expect(try bench.ask(0x37, [0xFF]) == [Array("3.5.0\0".utf8)])
    }
}
