import LinuxIO
import NINAWire
import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(10))) struct AddressPoolTests {
    /// A separate name, so that other emulators of this machine do not matter.
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

    @Test func theLowestOfSeveralReleasedAddressesIsTaken() throws {
        var pool = AddressPool(claimPrefix: prefix)
        var claims = [try pool.claim(), try pool.claim(), try pool.claim()]
        #expect(claims.map { $0?.index } == [0, 1, 2])
        claims.removeFirst(2)
        pool.release(0)
        pool.release(1)
        #expect(try pool.claim()?.index == 0)
        pool.release(0)
        #expect(claims.count == 1)
    }

    /// Another process holds the first 300 names: no call tries more than its limit, and none is skipped.
    @Test func aSearchGoesOnWhereItStopped() throws {
        var other = AddressPool(claimPrefix: prefix)
        var taken: [AddressPool.Claim] = []
        for _ in 0..<300 { taken.append(try #require(try other.claim())) }
        var pool = AddressPool(claimPrefix: prefix)
        for _ in 0..<2 {
            guard case .unfinished = try pool.claim(trying: 128) else {
                Issue.record("more than 128 names were tried")
                return
            }
        }
        guard case .claimed(let claim) = try pool.claim(trying: 128) else {
            Issue.record("no address after 384 names")
            return
        }
        #expect(claim.index == 300)
        // The next search starts at the lowest name; a search in progress includes names freed meanwhile.
        taken.removeFirst(2)
        guard case .claimed(let low) = try pool.claim(trying: 1) else {
            Issue.record("the lowest address is free")
            return
        }
        #expect(low.index == 0)
    }

    @Test func allAddressesCanBeTaken() throws {
        var pool = AddressPool(claimPrefix: prefix, count: 3)
        let claims = [try pool.claim(), try pool.claim(), try pool.claim()]
        #expect(claims.map { $0?.index } == [0, 1, 2])
        #expect(try pool.claim() == nil)
        guard case .exhausted = try pool.claim(trying: 1) else {
            Issue.record("a fourth address of three")
            return
        }
    }

    @Test func twoPoolsShareNoAddress() throws {
        var one = AddressPool(claimPrefix: prefix)
        var other = AddressPool(claimPrefix: prefix)
        let claims = [try one.claim(), try other.claim(), try one.claim(), try other.claim()]
        #expect(Set(claims.map { $0?.index }) == [0, 1, 2, 3])
    }
}
