#if !hasFeature(Embedded)
/// Where a URL may have secrets: what follows the first `?` or `#`, and what stands between the scheme and the last `@`.
///
/// A password that is not escaped may itself have a `/`, `?`, `#` or `@`. So a path with an `@` hides its host, too.
public enum URLSecrets {
    /// The places of what may be secret; they may overlap.
    public static func ranges(in url: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        if let at = url.lastIndex(of: UInt8(ascii: "@")) {
            var authority = url.startIndex
            if let colon = url.firstIndex(of: UInt8(ascii: ":")), url[colon...].dropFirst().first == UInt8(ascii: "/") {
                authority = url[colon...].dropFirst().firstIndex { $0 != UInt8(ascii: "/") } ?? url.endIndex
            }
            ranges.append(min(authority, at)..<at)
        }
        if let query = url.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            ranges.append(query + 1..<url.endIndex)
        }
        return ranges.filter { !$0.isEmpty }
    }
}
#endif
