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
    ],
    swiftLanguageModes: [.v6]
)
