/// Writes a trace as pcapng, Protocol/trace.md.
struct PcapngWriter: Sendable {
    private let program: String
    /// The wall clock at the start of the trace, in nanoseconds since 1970.
    private var origin: UInt64 = 0
    private var interfaces: [UInt32: Interface] = [:]

    private struct Interface {
        var number: UInt32
        var family: TraceFamily?
    }

    /// - Parameter program: its name and version.
    init(program: String) { self.program = program }

    /// Begins a section: the head of a file.
    mutating func begin(to output: inout [UInt8]) {
        interfaces = [:]
        block(Pcapng.sectionHeader, to: &output) { output in
            output.appendLittle(Pcapng.byteOrderMagic)
            output.appendLittle(UInt16(1))
            output.appendLittle(UInt16(0))
            // The length of the section is not known yet.
            output.appendLittle(Int64(-1))
            option(Pcapng.userApplication, Array(program.utf8), to: &output)
            output.appendLittle(UInt32(Pcapng.endOfOptions))
        }
    }

    mutating func append(_ record: TraceRecord, to output: inout [UInt8]) {
        if case .time(let unix) = record.event { origin = unix &- record.time }
        var interface = interfaces[record.coprocessor] ?? describe(record, to: &output)
        if case .coprocessor(let power) = record.event, power.isOn, interface.family != power.family {
            interface.family = power.family
            interfaces[record.coprocessor] = interface
        }
        let time = origin &+ record.time
        block(Pcapng.enhancedPacket, to: &output) { output in
            output.appendLittle(interface.number)
            output.appendLittle(UInt32(truncatingIfNeeded: time >> 32))
            output.appendLittle(UInt32(truncatingIfNeeded: time))
            let lengths = output.count
            output.appendLittle(UInt64(0))
            let start = output.count
            output.append(Pcapng.version)
            output.append(record.kind.rawValue)
            output.append(record.flags.rawValue)
            output.append(interface.family?.rawValue ?? 0)
            output.appendBig(record.coprocessor)
            record.appendContent(to: &output)
            let length = UInt32(output.count - start).littleEndian
            output.withUnsafeMutableBytes {
                $0.storeBytes(of: length, toByteOffset: lengths, as: UInt32.self)
                $0.storeBytes(of: length, toByteOffset: lengths + 4, as: UInt32.self)
            }
            output.pad()
        }
    }

    private mutating func describe(_ record: TraceRecord, to output: inout [UInt8]) -> Interface {
        let interface = Interface(number: UInt32(interfaces.count))
        interfaces[record.coprocessor] = interface
        let name = record.coprocessor == 0 ? "trace" : "coprocessor \(record.coprocessor)"
        block(Pcapng.interfaceDescription, to: &output) { output in
            output.appendLittle(Pcapng.linkType)
            output.appendLittle(UInt16(0))
            output.appendLittle(UInt32(0))
            option(Pcapng.interfaceName, Array(name.utf8), to: &output)
            if case .coprocessor(let power) = record.event, !power.firmware.isEmpty {
                option(Pcapng.interfaceText, Array(power.firmware.utf8.prefix(255)), to: &output)
            }
            option(Pcapng.timeResolution, [9], to: &output)
            output.appendLittle(UInt32(Pcapng.endOfOptions))
        }
        return interface
    }

    private func option(_ code: UInt16, _ value: [UInt8], to output: inout [UInt8]) {
        output.appendLittle(code)
        output.appendLittle(UInt16(value.count))
        output.append(contentsOf: value)
        output.pad()
    }

    /// A block: type, total length, body, total length.
    private func block(_ type: UInt32, to output: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        let start = output.count
        output.appendLittle(type)
        output.appendLittle(UInt32(0))
        // Lengths are multiples of 4 from here.
        body(&output)
        let length = UInt32(output.count - start + 4)
        output.appendLittle(length)
        output.withUnsafeMutableBytes {
            $0.storeBytes(of: length.littleEndian, toByteOffset: start + 4, as: UInt32.self)
        }
    }
}

extension [UInt8] {
    /// Zeros up to a multiple of 4. Each block begins at one, because all of a file are padded.
    fileprivate mutating func pad() {
        while count % 4 != 0 { append(0) }
    }
}
