import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

extension EmulatorUnderTest {
    /// A module for tasks that has joined the network.
    func module() async throws -> WiFiModule {
        let module = WiFiModule(on: try transport.openThread())
        try await module.begin("lab-net", passphrase: "correct-horse")
        return module
    }
}
