/// The log's receiver and level. A line below the level is not formatted.
struct DeviceLog {
    var level = LogLevel.warning
    var sink: ((LogLevel, String) -> Void)?

    func callAsFunction(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level, let sink else { return }
        sink(level, text())
    }
}
