import NINAWire
import WiFiNINA

// The Bluetooth controller: a reset and its event.

extension APISuite {
    func bluetoothCalls() {
        let bluetooth = BluetoothHCI(wifi)
        let (command, event): ([UInt8], [UInt8]) = ([1, 3, 12, 0], [4, 14, 4, 1, 3, 12, 0])
        call("BluetoothHCI.init(_:)") { _ = BluetoothHCI(wifi) }
        call("BluetoothHCI.write(_:)", .bleWrite, failure: .failed(.bleWrite, code: 0)) {
            try bluetooth.write(command)
        }
        call("BluetoothHCI.begin()", .bleBegin) { try bluetooth.begin() }
        call("BluetoothHCI.write(_:)", .bleWrite) { try equal(bluetooth.write(command), command.count) }
        call("BluetoothHCI.available()", .bleAvailable) {
            let count = try eventually("packet") { try bluetooth.available() > 0 ? bluetooth.available() : nil }
            try equal(count, event.count)
        }
        call("BluetoothHCI.peek(_:)", .bleAvailable, .blePeek) {
            try equal(bluetooth.peek(3), [4, 14, 4])
            try equal(bluetooth.peek(100), event)
        }
        call("BluetoothHCI.read(_:)", .bleAvailable, .bleRead) {
            try equal(bluetooth.read(100), event)
            try equal(bluetooth.read(100), [])
        }
        call("BluetoothHCI.end()", .bleEnd) { try bluetooth.end() }
    }
}
