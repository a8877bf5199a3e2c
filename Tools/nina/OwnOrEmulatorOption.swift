import ToolSupport

/// The options of a command that starts an emulator, and behind them those of the emulator.
enum OwnOrEmulatorOption<Own: ToolOption>: ToolOption {
    case own(Own)
    case emulator(EmulatorOption)

    static var allCases: [Self] { Own.allCases.map { .own($0) } + EmulatorOption.allCases.map { .emulator($0) } }

    init?(rawValue: String) {
        if let option = Own(rawValue: rawValue) {
            self = .own(option)
        } else if let option = EmulatorOption(rawValue: rawValue) {
            self = .emulator(option)
        } else {
            return nil
        }
    }

    var rawValue: String {
        switch self {
        case .own(let option): option.rawValue
        case .emulator(let option): option.rawValue
        }
    }

    var entry: OptionEntry {
        switch self {
        case .own(let option): option.entry
        case .emulator(let option): option.entry
        }
    }
}
