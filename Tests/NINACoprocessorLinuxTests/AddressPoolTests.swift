import LinuxIO
import NINAWire
import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(5))) struct AddressPoolTests {
    /// A name of its own, so that emulators of this machine do not matter.
    private let prefix = "nina-test-\(Environment.processID)-\(UInt64.random(in: 0...UInt64.max))-"

    @Test func addressesAreInOrder() {
        #expect(AddressPool.address(0) == IPv4Address(127, 1, 0, 1))
        #expect(AddressPool.address(1) == IPv4Address(127, 1, 1, 1))
        #expect(AddressPool.address(256) == IPv4Address(127, 2, 0, 1))
        #expect(AddressPool.address(AddressPool.count - 1) == IPv4Address(127, 254, 255, 1))
    }

    @Test func theLowestFreeAddressIsTaken() throws {
        var pool = AddressPool(claimPrefix: prefix)
        var first = try pool.claim()
        let second = try #require(try pool.claim())
        #expect(first?.address == IPv4Address(127, 1, 0, 1))
        #expect(second.address == IPv4Address(127, 1, 1, 1))
        first = nil
        pool.release(0)
        #expect(try pool.claim()?.address == IPv4Address(127, 1, 0, 1))
    }

    @Test func twoPoolsShareNoAddress() throws {
        var one = AddressPool(claimPrefix: prefix)
        var other = AddressPool(claimPrefix: prefix)
        let claims = [try one.claim(), try other.claim(), try one.claim(), try other.claim()]
        #expect(Set(claims.map { $0?.index }) == [0, 1, 2, 3])
    }
}
