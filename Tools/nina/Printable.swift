/// Text from others, without what a terminal would obey.
/// - Parameter kept: control characters that stay.
func printable(_ text: String, keeping kept: [Unicode.Scalar] = []) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar.properties.generalCategory {
        case _ where kept.contains(scalar): result.unicodeScalars.append(scalar)
        case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
        default: result.unicodeScalars.append(scalar)
        }
    }
}
