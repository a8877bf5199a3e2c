// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "nina",
    products: [
        .library(name: "NINAWire", targets: ["NINAWire"])
    ],
    dependencies: [],
    targets: [
        .target(name: "NINAWire"),
        .target(name: "NINALink", dependencies: ["NINAWire"]),
        .target(name: "WiFiNINA", dependencies: ["NINALink"]),
        .target(name: "NINACoprocessor", dependencies: ["NINALink"]),
        .target(name: "TestSupport", dependencies: ["NINALink"], path: "Tests/TestSupport"),
        .testTarget(name: "NINAWireTests", dependencies: ["NINAWire", "TestSupport"]),
        .testTarget(name: "NINALinkTests", dependencies: ["NINALink", "WiFiNINA", "NINACoprocessor", "TestSupport"]),
        .testTarget(name: "NINACoprocessorTests", dependencies: ["NINACoprocessor", "TestSupport"]),
        .testTarget(name: "UpstreamTests", dependencies: ["NINAWire", "TestSupport"]),
        .testTarget(name: "WiFiNINATests", dependencies: ["WiFiNINA", "NINACoprocessor"]),
    ],
    swiftLanguageModes: [.v6]
)
