/// The numbers of pcapng that a trace uses (draft-ietf-opsawg-pcapng).
enum Pcapng {
    static let sectionHeader: UInt32 = 0x0A0D_0D0A
    static let byteOrderMagic: UInt32 = 0x1A2B_3C4D
    static let interfaceDescription: UInt32 = 1
    static let enhancedPacket: UInt32 = 6

    static let endOfOptions: UInt16 = 0
    static let userApplication: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let interfaceText: UInt16 = 3
    static let timeResolution: UInt16 = 9
    static let timeOffset: UInt16 = 14

    /// LINKTYPE_USER0.
    static let linkType: UInt16 = 147
    /// What precedes the content of a packet: version, kind, flags, family, coprocessor.
    static let headerLength = 8
    static let version: UInt8 = 1
}
