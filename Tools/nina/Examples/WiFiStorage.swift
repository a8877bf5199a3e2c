import WiFiNINA

/// Writes a file into the module's flash and reads it back.
struct WiFiStorageSketch: Sketch {
    static let summary = "writes a file into the flash and reads it back"
    let board: Board

    func setup() throws {
        let file = try WiFiStorage(wifi).open("/fs/testfile")
        if try file.exists() {
            Serial.println("There is a file of \(try file.size()) bytes: it is erased")
            try file.erase()
        }
        let written = try file.print("The module keeps this when its power is gone.\n")
        Serial.println("\(written) bytes written")
        file.seek(0)
        Serial.println("The file has \(try file.size()) bytes:")
        while try file.available() > 0 { Serial.write(try file.read(16)) }
        file.close()
    }
}
