import LinuxIO
import NINACoprocessor
import NINAWire

/// Where coprocessors are: their addresses, in the network and of their hardware.
struct CoprocessorPlaces {
    /// Where a coprocessor is.
    struct Place {
        var address: IPv4Address
        var bindAddress: IPv4Address
        var hardwareAddress: MACAddress
        fileprivate(set) var claim: AddressPool.Claim?
    }

    enum Search { case found(Place), unfinished, none }

    private let options: EmulatorOptions
    private var pool = AddressPool()
    /// The address that is held without a coprocessor too; see `keepOne`.
    private var kept: AddressPool.Claim?
    private var isKeptFree = true

    init(_ options: EmulatorOptions) { self.options = options }

    /// Holds an address from now on, which the next coprocessor gets that is powered on while no other has it.
    /// - Returns: the address that this coprocessor will report.
    /// - Throws: EADDRNOTAVAIL when others hold all addresses.
    mutating func keepOne() throws(LinuxError) -> IPv4Address {
        if let address = options.ownAddress { return address }
        if kept == nil { kept = try pool.claim() }
        guard let kept else { throw LinuxError("bind", .addressNotAvailable, "127.0.0.0/8") }
        return kept.address
    }

    /// Whether an address is held by `keepOne`.
    var keepsOne: Bool { kept != nil }

    /// Whether a place has that address.
    func isKept(_ place: Place) -> Bool { kept != nil && place.claim === kept }

    /// A place for one more coprocessor.
    /// - Parameters:
    ///   - limit: the number of addresses that are tried: others may have taken tens of thousands.
    ///   - used: the hardware addresses of the coprocessors that are on. Those that share an address still have different
    ///     ones.
    mutating func next(trying limit: Int, besides used: () -> Set<MACAddress>) throws(LinuxError) -> Search {
        if let bindAddress = options.address, let address = options.ownAddress {
            let used = used()
            let index = (0...used.count).first { !used.contains(hardwareAddress($0)) } ?? 0
            return .found(Place(address: address, bindAddress: bindAddress, hardwareAddress: hardwareAddress(index)))
        }
        if let kept, isKeptFree {
            isKeptFree = false
            return .found(place(kept))
        }
        switch try pool.claim(trying: limit) {
        case .unfinished: return .unfinished
        case .exhausted: return .none
        case .claimed(let claim): return .found(place(claim))
        }
    }

    /// No coprocessor is there any more, or none came to be.
    mutating func release(_ place: Place) {
        guard let claim = place.claim else { return }
        if isKept(place) { isKeptFree = true } else { pool.release(claim.index) }
    }

    private func place(_ claim: AddressPool.Claim) -> Place {
        Place(
            address: claim.address, bindAddress: claim.address, hardwareAddress: hardwareAddress(claim.index),
            claim: claim)
    }

    /// Hardware addresses in steps of two: the second is the access point's.
    private func hardwareAddress(_ index: Int) -> MACAddress {
        MACAddress(rawValue: options.coprocessor.hardwareAddress.rawValue + UInt64(2 * index))
    }
}
