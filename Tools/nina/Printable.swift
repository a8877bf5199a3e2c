/// Foreign text without control characters, which a terminal would interpret.
/// - Parameter kept: control characters to keep.
func printable(_ text: String, keeping kept: [Unicode.Scalar] = []) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar.properties.generalCategory {
        case _ where kept.contains(scalar): result.unicodeScalars.append(scalar)
        case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
        default: result.unicodeScalars.append(scalar)
        }
    }
}
