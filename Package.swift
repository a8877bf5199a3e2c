// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "nina",
    // Linux is the only platform that is supported; the cores alone might build here: .github/CONTRIBUTING.md.
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "NINAWire", targets: ["NINAWire"]),
        .library(name: "NINALink", targets: ["NINALink"]),
        .library(name: "WiFiNINA", targets: ["WiFiNINA"]),
        .library(name: "NINATrace", targets: ["NINATrace"]),
        .library(name: "NINATraceLinux", targets: ["NINATraceLinux"]),
        .library(name: "NINATransport", targets: ["NINATransport"]),
        .library(name: "NINACoprocessor", targets: ["NINACoprocessor"]),
        .library(name: "NINABoard", targets: ["NINABoard"]),
        .library(name: "NINACoprocessorLinux", targets: ["NINACoprocessorLinux"]),
        .library(name: "WiFiNINATesting", targets: ["WiFiNINATesting"]),
        .library(name: "WiFiNINAFoundation", targets: ["WiFiNINAFoundation"]),
        .executable(name: "nina-emulator", targets: ["nina-emulator"]),
        .executable(name: "nina", targets: ["nina"]),
    ],
    dependencies: [],
    targets: [
        .target(name: "NINAWire"),
        .target(name: "NINALink", dependencies: ["NINAWire"]),
        .target(name: "WiFiNINA", dependencies: ["NINALink", "NINAWire"]),
        .target(name: "NINACoprocessor", dependencies: ["NINALink", "NINAWire"]),
        .target(name: "NINABoard", exclude: ["README.md"]),
        .target(name: "NINATrace", dependencies: ["NINALink", "NINAWire"], exclude: ["README.md"]),
        .target(name: "NINATraceLinux", dependencies: ["NINATrace", "LinuxIO"], exclude: ["README.md"]),
        .target(name: "CLinux"),
        .target(name: "LinuxLibc"),
        .target(name: "LinuxIO", dependencies: ["CLinux", "LinuxLibc"]),
        .target(name: "LinuxBoards", dependencies: ["LinuxIO", "CLinux", "LinuxLibc"]),
        .target(name: "LinuxProcesses", dependencies: ["LinuxIO", "CLinux", "LinuxLibc"]),
        .target(name: "NINATransport", dependencies: ["NINALink", "LinuxIO", "LinuxBoards"]),
        .target(
            name: "NINACoprocessorLinux",
            dependencies: ["NINACoprocessor", "NINATraceLinux", "NINATrace", "NINALink", "NINAWire", "LinuxIO"]),
        .target(
            name: "NINAControl", dependencies: ["NINACoprocessor", "NINALink", "NINAWire"], exclude: ["README.md"]),
        .target(
            name: "NINAControlLinux",
            dependencies: [
                "NINAControl", "NINACoprocessorLinux", "NINACoprocessor", "NINATrace", "NINALink", "NINAWire",
                "LinuxIO",
            ], exclude: ["README.md"]),
        .target(
            name: "WiFiNINATesting", dependencies: ["WiFiNINA", "NINATransport", "NINACoprocessor", "NINALink"]),
        .target(
            name: "WiFiNINAFoundation", dependencies: ["WiFiNINA", "NINATransport", "NINALink", "NINAWire"]),
        .target(name: "ToolSupport", dependencies: ["NINAWire"], path: "Tools/ToolSupport"),
        .executableTarget(
            name: "nina-emulator",
            dependencies: [
                "NINAControlLinux", "NINAControl", "NINACoprocessorLinux", "NINACoprocessor", "NINATransport",
                "NINATrace",
                "NINAWire", "LinuxIO", "LinuxLibc", "ToolSupport",
            ],
            path: "Tools/nina-emulator"),
        // The page of `nina watch` and `nina report`: its files, embedded by the C compiler, which takes 20 ms for them.
        .target(
            name: "CWatchPage", path: "Tools/nina/Watch/Page",
            exclude: [
                "page.html", "style.css", "items.js", "list.js", "view.js", "lanes.js", "detail.js", "trouble.js",
                "live.js",
                "page.js",
            ]),
        .executableTarget(
            name: "nina",
            dependencies: [
                "WiFiNINA", "NINAControl", "NINACoprocessor", "NINATransport", "NINATrace", "NINALink", "NINAWire",
                "LinuxIO",
                "LinuxLibc", "LinuxProcesses", "ToolSupport", "CWatchPage", "nina-emulator",
            ],
            path: "Tools/nina", exclude: ["Bench/README.md", "Control/README.md", "Watch/README.md", "Watch/Page"]),
        .testTarget(
            name: "LinuxIOTests", dependencies: ["LinuxIO", "LinuxBoards", "LinuxProcesses", "CLinux", "TestThreads"]),
        .target(name: "TestSupport", dependencies: ["NINACoprocessor", "NINALink"], path: "Tests/TestSupport"),
        .testTarget(name: "NINAWireTests", dependencies: ["NINAWire", "TestSupport"]),
        .testTarget(name: "NINALinkTests", dependencies: ["NINALink", "WiFiNINA", "NINACoprocessor", "TestSupport"]),
        .testTarget(
            name: "NINATransportTests",
            dependencies: ["NINATransport", "NINALink", "LinuxIO", "TestSupport", "TestThreads"]),
        .testTarget(
            name: "NINATraceTests",
            dependencies: ["NINATrace", "NINATraceLinux", "NINACoprocessor", "NINALink", "LinuxIO", "TestSupport"]),
        .target(name: "BoardPrograms", dependencies: ["NINABoard", "TestSupport"], path: "Tests/Board/Programs"),
        .executableTarget(
            name: "nina-board-core", dependencies: ["BoardPrograms", "NINABoard"], path: "Tests/Board/Core"),
        .testTarget(name: "NINABoardTests", dependencies: ["NINABoard", "BoardPrograms", "TestSupport"]),
        .testTarget(
            name: "NINAControlTests", dependencies: ["NINAControl", "NINACoprocessor", "NINAWire", "TestSupport"]),
        .testTarget(name: "NINACoprocessorTests", dependencies: ["NINACoprocessor", "TestSupport"]),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "NINAControl", "WiFiNINA", "WiFiNINATesting", "NINATransport", "NINACoprocessor", "NINALink",
                "NINAWire",
                "LinuxIO", "TestSupport",
            ]),
        .testTarget(
            name: "NINACoprocessorLinuxTests",
            dependencies: [
                "NINACoprocessorLinux", "NINACoprocessor", "NINALink", "NINAWire", "LinuxIO", "TestSupport",
                "TestThreads",
            ]),
        .testTarget(
            name: "UpstreamTests",
            dependencies: ["WiFiNINA", "NINATrace", "NINACoprocessor", "NINALink", "NINAWire", "TestSupport"]),
        .target(name: "CTestProcess", path: "Tests/CTestProcess"),
        .target(name: "TestThreads", dependencies: ["CTestProcess"], path: "Tests/TestThreads"),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .executableTarget(
            name: "nina-allocations",
            dependencies: ["WiFiNINA", "NINACoprocessor", "NINALink", "NINAWire", "CAllocationCounter"],
            path: "Tests/AllocationTests"),
        .target(name: "APISuite", dependencies: ["WiFiNINA", "NINALink", "NINAWire"], path: "Tests/APISuite"),
        .target(
            name: "TestPeers", dependencies: ["APISuite", "WiFiNINA", "NINALink", "NINAWire", "LinuxIO"],
            path: "Tests/TestPeers"),
        .executableTarget(
            name: "nina-guest",
            dependencies: [
                "APISuite", "TestPeers", "WiFiNINA", "NINATransport", "NINALink", "NINAWire", "LinuxIO", "LinuxBoards",
                "LinuxProcesses", "CLinux", "nina", "nina-emulator",
            ],
            path: "Tests/Guest/Host"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "APISuite", "TestPeers", "WiFiNINA", "NINAControl", "NINACoprocessor", "NINATransport", "NINATrace",
                "NINALink",
                "NINAWire", "LinuxIO", "LinuxProcesses", "TestSupport", "TestThreads", "ToolSupport", "nina-emulator",
                "nina",
            ]),
        .testTarget(name: "SketchTests", dependencies: ["nina"]),
        .testTarget(name: "WatchTests", dependencies: ["nina", "NINATrace", "NINAWire", "LinuxIO", "TestSupport"]),
        .executableTarget(
            name: "nina-fuzz", dependencies: ["TestSupport"], path: "Tests/Fuzz", exclude: ["seeds.py"]),
        .testTarget(
            name: "WiFiNINATests",
            dependencies: [
                "WiFiNINA", "WiFiNINATesting", "WiFiNINAFoundation", "NINATransport", "NINACoprocessor", "NINALink",
                "LinuxIO",
                "TestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Commands pass through several modules: release builds specialize and inline across them. Since Swift 6.2 such flags do not forbid
// use of the package as a dependency.
for target in package.targets where target.type != .test && !target.name.hasPrefix("C") {
    target.swiftSettings = [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]
}

// Release builds of the programs have Swift's run-time library linked in: they run where no Swift is installed, start faster, and calls of
// it need no table.
for target in package.targets where ["nina", "nina-emulator"].contains(target.name) {
    // FoundationEssentials, for the JSON of the control channel, does not name these two libraries that it consists of.
    let flags = ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims"]
    target.linkerSettings = [.unsafeFlags(flags, .when(platforms: [.linux], configuration: .release))]
}

// Whatever tests are run, the processes they start end with them.
#if os(Linux)
for target in package.targets where target.type == .test { target.dependencies.append("CTestProcess") }
#endif

// NINA_TEST_TARGETS=NINAWireTests,UpstreamTests limits the package to these tests and their dependencies.
// `Tools/test PART` sets it.
if let names = Context.environment["NINA_TEST_TARGETS"], !names.isEmpty {
    let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    var needed: Set<String> = []
    var open = names.split(separator: ",").map(String.init)
    while let name = open.popLast() {
        guard let target = targets[name] else { fatalError("there is no target \(name)") }
        guard needed.insert(name).inserted else { continue }
        for case .byNameItem(let dependency, _) in target.dependencies { open.append(dependency) }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products = []
}
