import NINAWire

/// The address of a download: `http://HOST[:PORT]/PATH` or the same with https. No user names, no IPv6, no fragments.
struct HTTPAddress: Equatable {
    /// https: the connection is encrypted and the server verified.
    var isSecure: Bool
    /// A name or a dotted address.
    var host: [UInt8]
    /// The port; 80 or 443 by default.
    var port: UInt16
    /// The request target: the path, never empty, with its query.
    var target: [UInt8]

    /// Parses a URL; nil when it is not supported.
    init?(_ url: ArraySlice<UInt8>) {
        // Anything but visible ASCII could break the request line.
        guard url.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        var rest = url
        if rest.removePrefix("http://") {
            isSecure = false
        } else if rest.removePrefix("https://") {
            isSecure = true
        } else {
            return nil
        }
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        let parts = authority.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty, !parts[0].contains(UInt8(ascii: "@")) else {
            return nil
        }
        host = Array(parts[0])
        port = isSecure ? 443 : 80
        if parts.count == 2 {
            guard let number = UInt16(ascii: parts[1]), number != 0 else { return nil }
            port = number
        }
        target = Self.target(rest[end...])
    }

    private static func target(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let path = Array(text.prefix { $0 != UInt8(ascii: "#") })
        return path.first == UInt8(ascii: "/") ? path : [UInt8(ascii: "/")] + path
    }

    /// The address that a Location header refers to relative to this one; nil when it is not supported.
    func redirected(to location: ArraySlice<UInt8>) -> HTTPAddress? {
        guard !location.isEmpty, location.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        if let absolute = HTTPAddress(location) { return absolute }
        let scheme = location.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        // Other schemes, such as ftp: and file:.
        guard scheme.endIndex == location.endIndex || location[scheme.endIndex] != UInt8(ascii: ":") else { return nil }
        if location.starts(with: Array("//".utf8)) {
            return HTTPAddress(Array((isSecure ? "https:" : "http:").utf8)[...] + location)
        }
        var other = self
        if location.first == UInt8(ascii: "/") {
            other.target = Self.target(location)
        } else {
            let path = target.prefix { $0 != UInt8(ascii: "?") }
            let folder = path[...(path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)]
            other.target = location.first == UInt8(ascii: "?") ? Array(path + location) : Self.target(folder + location)
        }
        other.target = Self.withoutDots(other.target)
        return other
    }

    /// A target with `.` and `..` removed from its path: RFC 3986, 5.2.4.
    private static func withoutDots(_ target: [UInt8]) -> [UInt8] {
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        var kept: [ArraySlice<UInt8>] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.elementsEqual("..".utf8) {
                _ = kept.popLast()
                if isLast { kept.append([]) }
            } else if segment.elementsEqual(".".utf8) {
                if isLast { kept.append([]) }
            } else {
                kept.append(segment)
            }
        }
        return kept.flatMap { [UInt8(ascii: "/")] + $0 } + target[path.endIndex...]
    }

    /// The complete request.
    var request: [UInt8] {
        let isUsual = port == (isSecure ? 443 : 80)
        return Array("GET ".utf8) + target + Array(" HTTP/1.1\r\nHost: ".utf8) + host
            + Array(
                "\(isUsual ? "" : ":\(port)")\r\nUser-Agent: nina\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
                    .utf8)
    }
}

extension ArraySlice<UInt8> {
    /// Removes a prefix, ignoring case. Returns false when it is not present.
    fileprivate mutating func removePrefix(_ prefix: StaticString) -> Bool {
        let wanted = prefix.withUTF8Buffer { Array($0) }
        guard count >= wanted.count, zip(self, wanted).allSatisfy({ $0.lowercased == $1 }) else { return false }
        removeFirst(wanted.count)
        return true
    }
}

extension UInt8 {
    /// The lowercase form of an ASCII letter.
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// Parses a number, decimal by default, from digits only; nil for anything else, and on overflow.
    init?(ascii digits: some Collection<UInt8>, base: Self = 10) {
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for digit in digits {
            let number: Self
            switch digit.lowercased {
            case 0x30...0x39: number = Self(digit - 0x30)
            case 0x61...0x66: number = Self(digit.lowercased - 0x61 + 10)
            default: return nil
            }
            guard number < base else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(number)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        self = value
    }
}
