// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "nina",
    products: [
        .library(name: "NINAWire", targets: ["NINAWire"]),
        .library(name: "NINALink", targets: ["NINALink"]),
        .library(name: "WiFiNINA", targets: ["WiFiNINA"]),
        .library(name: "NINATransport", targets: ["NINATransport"]),
        .library(name: "NINACoprocessor", targets: ["NINACoprocessor"]),
        .library(name: "NINACoprocessorLinux", targets: ["NINACoprocessorLinux"]),
        .executable(name: "nina-emulator", targets: ["nina-emulator"]),
        .executable(name: "nina", targets: ["nina"]),
    ],
    dependencies: [],
    targets: [
        .target(name: "NINAWire"),
        .target(name: "NINALink", dependencies: ["NINAWire"]),
        .target(name: "WiFiNINA", dependencies: ["NINALink", "NINAWire"]),
        .target(name: "NINACoprocessor", dependencies: ["NINALink", "NINAWire"]),
        .target(name: "CLinux"),
        .target(name: "LinuxIO", dependencies: ["CLinux"]),
        .target(name: "NINATransport", dependencies: ["NINALink", "LinuxIO"]),
        .target(
            name: "NINACoprocessorLinux",
            dependencies: ["NINACoprocessor", "NINATransport", "NINALink", "NINAWire", "LinuxIO"]),
        .target(name: "ToolSupport", path: "Tools/ToolSupport"),
        .executableTarget(
            name: "nina-emulator",
            dependencies: ["NINACoprocessorLinux", "NINACoprocessor", "NINAWire", "LinuxIO", "ToolSupport"],
            path: "Tools/nina-emulator"),
        .executableTarget(
            name: "nina",
            dependencies: [
                "WiFiNINA", "NINATransport", "NINALink", "NINAWire", "LinuxIO", "ToolSupport", "nina-emulator",
            ],
            path: "Tools/nina"),
        .testTarget(name: "LinuxIOTests", dependencies: ["LinuxIO", "CLinux"]),
        .target(name: "TestSupport", dependencies: ["NINACoprocessor", "NINALink"], path: "Tests/TestSupport"),
        .testTarget(name: "NINAWireTests", dependencies: ["NINAWire", "TestSupport"]),
        .testTarget(name: "NINALinkTests", dependencies: ["NINALink", "WiFiNINA", "NINACoprocessor", "TestSupport"]),
        .testTarget(name: "NINATransportTests", dependencies: ["NINATransport", "NINALink", "LinuxIO"]),
        .testTarget(name: "NINACoprocessorTests", dependencies: ["NINACoprocessor", "TestSupport"]),
        .testTarget(
            name: "NINACoprocessorLinuxTests",
            dependencies: ["NINACoprocessorLinux", "NINACoprocessor", "NINALink", "NINAWire", "LinuxIO", "TestSupport"]),
        .testTarget(
            name: "UpstreamTests", dependencies: ["WiFiNINA", "NINACoprocessor", "NINALink", "NINAWire", "TestSupport"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(name: "AllocationTests", dependencies: ["WiFiNINA", "NINACoprocessor", "CAllocationCounter"]),
        .target(name: "APISuite", dependencies: ["WiFiNINA", "NINALink", "NINAWire"], path: "Tests/APISuite"),
        .target(
            name: "TestPeers", dependencies: ["APISuite", "WiFiNINA", "NINALink", "NINAWire", "LinuxIO"],
            path: "Tests/TestPeers"),
        .executableTarget(
            name: "nina-guest",
            dependencies: [
                "APISuite", "TestPeers", "WiFiNINA", "NINATransport", "NINALink", "NINAWire", "LinuxIO", "CLinux", "nina",
                "nina-emulator",
            ],
            path: "Tests/Guest/Host"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "APISuite", "TestPeers", "WiFiNINA", "NINATransport", "NINALink", "NINAWire", "LinuxIO", "TestSupport",
                "nina-emulator", "nina",
            ]),
        .executableTarget(
            name: "nina-fuzz", dependencies: ["TestSupport"], path: "Tests/Fuzz", exclude: ["seeds.py"]),
        .testTarget(
            name: "WiFiNINATests",
            dependencies: ["WiFiNINA", "NINATransport", "NINACoprocessor", "NINALink", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
