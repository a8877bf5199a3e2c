/// Flash and RAM of the chip, and what has been decoded of the flash.
///
/// A peripheral that moves data by itself (DMAC, USB) or writes flash (NVMCTRL) is given this object. Code in flash is decoded once;
/// ``program(_:at:)`` is therefore the only way to change flash. Code in RAM is never decoded ahead, so RAM may change at any time.
public final class Memory {
    /// Bytes of flash, from address 0 (SAM D21 data sheet, chapter Memories, ATSAMD21x18).
    public static let flashSize: UInt32 = 0x4_0000
    /// The first address of RAM.
    public static let ramBase: UInt32 = 0x2000_0000
    /// Bytes of RAM.
    public static let ramSize: UInt32 = 0x8000

    let flash: UnsafeMutableRawPointer
    let ram: UnsafeMutableRawPointer
    /// One decoded word for each halfword of flash; a word behind the end sends execution to the reference interpreter.
    let words: UnsafeMutablePointer<UInt32>
    static let wordCount = Int(flashSize / 2)

    /// Erased flash, and RAM of zeros.
    public init() {
        flash = .allocate(byteCount: Int(Self.flashSize), alignment: 64)
        ram = .allocate(byteCount: Int(Self.ramSize), alignment: 64)
        words = .allocate(capacity: Self.wordCount + 1)
        flash.initializeMemory(as: UInt8.self, repeating: 0xFF, count: Int(Self.flashSize))
        ram.initializeMemory(as: UInt8.self, repeating: 0, count: Int(Self.ramSize))
        words.initialize(repeating: Word.undecoded, count: Self.wordCount)
        (words + Self.wordCount).initialize(to: Word(.reference).bits)
    }

    deinit {
        flash.deallocate()
        ram.deallocate()
        words.deallocate()
    }

    /// Writes bytes to flash; those behind its end are left out.
    /// - Returns: whether all of them were inside the flash.
    @discardableResult public func program(_ bytes: some Collection<UInt8>, at address: UInt32) -> Bool {
        guard address < Self.flashSize else { return bytes.isEmpty }
        var offset = Int(address)
        for byte in bytes.prefix(Int(Self.flashSize) - offset) {
            flash.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            offset += 1
        }
        // The word before may have been decoded together with the first one.
        let first = max(0, Int(address) / 2 - 1)
        let last = min(Self.wordCount, (offset + 1) / 2)
        for index in first..<max(first, last) { words[index] = Word.undecoded }
        return offset - Int(address) == bytes.count
    }

    /// Reads a little-endian value of 1, 2 or 4 bytes from flash or RAM; nil when a part of it is in neither.
    public func read(_ address: UInt32, _ width: AccessWidth) -> UInt32? {
        guard let place = place(address, width.rawValue) else { return nil }
        switch width {
        case .byte: return UInt32(place.load(as: UInt8.self))
        case .half: return UInt32(UInt16(littleEndian: place.loadUnaligned(as: UInt16.self)))
        case .word: return UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
        }
    }

    /// Writes a little-endian value of 1, 2 or 4 bytes to RAM.
    /// - Returns: whether all of it is in RAM; nothing is written otherwise.
    @discardableResult public func write(_ value: UInt32, to address: UInt32, _ width: AccessWidth) -> Bool {
        guard address >= Self.ramBase, let place = place(address, width.rawValue) else { return false }
        switch width {
        case .byte: place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case .half: place.storeBytes(of: UInt16(truncatingIfNeeded: value).littleEndian, as: UInt16.self)
        case .word: place.storeBytes(of: value.littleEndian, as: UInt32.self)
        }
        return true
    }

    /// Copies RAM or flash out; nil when a part of the range is in neither.
    public func bytes(at address: UInt32, count: Int) -> [UInt8]? {
        guard count >= 0, let place = place(address, UInt32(clamping: count)) else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: place, count: count))
    }

    private func place(_ address: UInt32, _ count: UInt32) -> UnsafeMutableRawPointer? {
        if address < Self.flashSize { return count <= Self.flashSize - address ? flash + Int(address) : nil }
        let offset = address &- Self.ramBase
        guard offset < Self.ramSize, count <= Self.ramSize - offset else { return nil }
        return ram + Int(offset)
    }
}
