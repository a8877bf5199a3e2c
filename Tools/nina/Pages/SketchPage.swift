import ToolSupport

enum SketchCommandOption: String, ToolOption {
    case library = "--library"
    case api = "--api"
    case define = "--define"
    case delayCap = "--delay-cap"
    case output = "--output"
    case timeout = "--timeout"
    case log = "--log"

    var entry: OptionEntry {
        switch self {
        case .library:
            OptionEntry(
                .folder("DIR"),
                "a library that the sketch includes: with a folder src, or older ones with their files in DIR",
                standard: "none", isRepeatable: true)
        case .api:
            OptionEntry(
                .folder("DIR"),
                "ArduinoCore-API, the portable half of Arduino's core: the folder that has api/ArduinoAPI.h",
                standard: "NINA_ARDUINO_API")
        case .define:
            OptionEntry(
                .text("NAME[=VALUE]"), "define a macro, such as those that libraries tell boards by", standard: "none",
                isRepeatable: true)
        case .delayCap:
            OptionEntry(
                .text("MILLISECONDS"), "the longest that the sketch's delay waits; its clock stays the real one",
                standard: "NINA_DELAY_CAP, else what the sketch asks for")
        case .output: OptionEntry(.file("FILE"), "only compile, to this program", standard: "run the sketch")
        case .timeout: RunOption.timeout.entry
        case .log: RunOption.log.entry
        }
    }
}

extension Pages {
    static let sketch = HelpPage(
        "nina sketch", "compiles an Arduino sketch for this machine and runs it", options: SketchCommandOption.self,
        operands: ["[OPTION OF NINA-EMULATOR]...", "SKETCH.ino"],
        passesOn: EmulatorOption.all { !RunCommand.own.contains($0) }, fileEnding: ".ino",
        [
            .text(
                "Compiles a sketch and its libraries by g++, over a core whose SPI and pins are those of an emulated "
                    + "coprocessor, and runs it as nina run runs a command. Serial is standard input and output. "
                    + "CXX names another compiler. What the core has is said in Tools/adapters/arduino/README.md, of an installation "
                    + "/usr/share/nina/arduino/README.md; a sketch to try first is in examples beside it.")
        ],
        end: [
            .text(
                "With --output nothing is run: options for running are refused then. What is compiled is in a folder nina-sketch-* "
                    + "of the temporary directory, which goes at the end; after a SIGKILL during the compilation it goes at the "
                    + "next start of nina sketch."),
            .terms(
                [
                    Term("111", "there is no g++"),
                    Term("112", "there is no such sketch, or it has no function setup or loop"),
                    Term("113", "there is no such library, or it has no sources"),
                    Term("114", "ArduinoCore-API is needed, and not there"),
                    Term("115", "the sketch does not compile"),
                    Term("116", "the files of the core are not found"),
                    Term("130", "ended by a signal while it was compiled"),
                    Term("3", "the sketch has no emulator any more"),
                ], title: "Exit status: that of the sketch, one of nina run, or"),
            .examples([
                "nina sketch SimpleWebServerWiFi.ino --api ArduinoCore-API --library WiFiNINA",
                "nina sketch Test.ino --library WiFiNINA --delay-cap 10 --timeout 60",
            ]),
        ])
}
