import NINAWire

// Bluetooth. Without a controller BLE_BEGIN fails, and the rest has nothing to carry.

extension Coprocessor {
    func bleBegin() -> Answer<ResultCode> {
        say(.info, "Bluetooth cannot be started: there is no controller")
        return .reply(ResultCode(1))
    }
}
