/// A bound on a loop that waits for something, so that a test which never sees it fails instead of hanging:
///
///     var rounds = Rounds(100)
///     while reply == nil, rounds.next() { reply = device.finish() }
///
/// `for _ in 0..<100 where reply == nil` would go through all rounds even after the reply has come.
public struct Rounds {
    private var left: Int

    public init(_ limit: Int) { left = limit }

    /// - Returns: whether another round is allowed.
    public mutating func next() -> Bool {
        left -= 1
        return left >= 0
    }
}
