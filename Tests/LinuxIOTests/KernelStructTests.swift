import CLinux
import Glibc
import LinuxIO
import LinuxProcesses
import Testing

/// The kernel's structures for SPI and GPIO as Swift sees them equal those that a C compiler makes of the kernel's
/// headers, for 64 and for 32 bits.
@Suite(.timeLimit(.minutes(10))) struct KernelStructTests {
    private struct Structure {
        let name: String
        let size: Int
        let offsets: [(field: String, offset: Int?)]
    }

    private static func structure<T>(_ type: T.Type, _ fields: [(String, PartialKeyPath<T>)]) -> Structure {
        let offsets = fields.map { ($0.0, MemoryLayout<T>.offset(of: $0.1)) }
        return Structure(name: "\(type)", size: MemoryLayout<T>.size, offsets: offsets)
    }

    private static var structures: [Structure] {
        [
            structure(
                spi_ioc_transfer.self,
                [
                    ("tx_buf", \.tx_buf), ("rx_buf", \.rx_buf), ("len", \.len), ("speed_hz", \.speed_hz),
                    ("delay_usecs", \.delay_usecs), ("bits_per_word", \.bits_per_word), ("cs_change", \.cs_change),
                    ("tx_nbits", \.tx_nbits), ("rx_nbits", \.rx_nbits), ("word_delay_usecs", \.word_delay_usecs),
                    ("pad", \.pad),
                ]),
            structure(gpiochip_info.self, [("name", \.name), ("label", \.label), ("lines", \.lines)]),
            structure(gpio_v2_line_values.self, [("bits", \.bits), ("mask", \.mask)]),
            structure(gpio_v2_line_attribute.self, [("id", \.id), ("padding", \.padding)]),
            structure(gpio_v2_line_config_attribute.self, [("attr", \.attr), ("mask", \.mask)]),
            structure(
                gpio_v2_line_config.self,
                [("flags", \.flags), ("num_attrs", \.num_attrs), ("padding", \.padding), ("attrs", \.attrs)]),
            structure(
                gpio_v2_line_request.self,
                [
                    ("offsets", \.offsets), ("consumer", \.consumer), ("config", \.config), ("num_lines", \.num_lines),
                    ("event_buffer_size", \.event_buffer_size), ("padding", \.padding), ("fd", \.fd),
                ]),
            structure(
                gpio_v2_line_info.self,
                [
                    ("name", \.name), ("consumer", \.consumer), ("offset", \.offset), ("num_attrs", \.num_attrs),
                    ("flags", \.flags), ("attrs", \.attrs), ("padding", \.padding),
                ]),
            structure(
                gpio_v2_line_event.self,
                [
                    ("timestamp_ns", \.timestamp_ns), ("id", \.id), ("offset", \.offset), ("seqno", \.seqno),
                    ("line_seqno", \.line_seqno), ("padding", \.padding),
                ]),
        ]
    }

    /// Request numbers: they include the structure's size.
    private static let calls: [(name: String, number: String)] = [
        ("SPI_IOC_MESSAGE(1)", "0x40206B00"), ("SPI_IOC_RD_MODE32", "0x80046B05"), ("SPI_IOC_WR_MODE32", "0x40046B05"),
        ("SPI_IOC_WR_BITS_PER_WORD", "0x40016B03"), ("GPIO_GET_CHIPINFO_IOCTL", "0x8044B401"),
        ("GPIO_V2_GET_LINEINFO_IOCTL", "0xC100B405"), ("GPIO_V2_GET_LINE_IOCTL", "0xC250B407"),
        ("GPIO_V2_LINE_SET_CONFIG_IOCTL", "0xC110B40D"), ("GPIO_V2_LINE_GET_VALUES_IOCTL", "0xC010B40E"),
        ("GPIO_V2_LINE_SET_VALUES_IOCTL", "0xC010B40F"),
    ]

    private func program(pointer: Int, wrong: Int = 0) throws -> String {
        var lines = [
            "#include <stddef.h>", "#include <linux/gpio.h>", "#include <linux/spi/spidev.h>",
            "_Static_assert(sizeof(void *) == \(pointer), \"the target\");",
        ]
        for structure in Self.structures {
            lines.append("_Static_assert(sizeof(struct \(structure.name)) == \(structure.size + wrong), \"size\");")
            for (field, offset) in structure.offsets {
                let offset = try #require(offset)
                lines.append("_Static_assert(offsetof(struct \(structure.name), \(field)) == \(offset), \"\(field)\");")
            }
        }
        lines += Self.calls.map { "_Static_assert(\($0.name) == \($0.number)u, \"\($0.name)\");" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Compiles without linking, with the toolchain's compiler.
    private func compiles(_ program: String, for target: String) throws -> Bool {
        let scratch = try Scratch()
        // The headers of another architecture may be missing; the generic ones suffice.
        try #require(mkdir(scratch.file("asm"), 0o700) == 0)
        defer { _ = rmdir(scratch.file("asm")) }
        let headers = ["ioctl", "types", "posix_types", "bitsperlong"]
        for header in headers { try write("#include <asm-generic/\(header).h>\n", scratch.file("asm/\(header).h")) }
        defer { for header in headers { _ = unlink(scratch.file("asm/\(header).h")) } }
        try write(program, scratch.file("structures.c"))
        let compiler = try ChildProcess(
            "/usr/bin/env",
            [
                "clang", "-target", target, "-std=gnu11", "-fsyntax-only", "-Werror", "-I", scratch.path,
                "-isystem", "/usr/include", scratch.file("structures.c"),
            ], output: .discard, errors: .discard)
        return try compiler.wait(timeoutNanoseconds: patience) == .exited(0)
    }

    private func write(_ text: String, _ path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test(arguments: [
        ("x86_64-linux-gnu", 8), ("aarch64-linux-gnu", 8), ("i386-linux-gnu", 4), ("armv7-linux-gnueabihf", 4),
        ("armv6-linux-gnueabihf", 4),
    ])
    func areTheKernels(target: String, pointer: Int) throws {
        #expect(try compiles(try program(pointer: pointer), for: target))
        #expect(try !compiles(try program(pointer: pointer, wrong: 8), for: target))
    }
}
