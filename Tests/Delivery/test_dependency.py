"""A package of a user that depends on a version of this one, as a tag of a clone."""

import json
import os

from scratch import ScratchCase

MANIFEST = """// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "hello",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "file://CLONE", from: "1.2.0")],
    targets: [
        .executableTarget(
            name: "hello",
            dependencies: [
                .product(name: "WiFiNINA", package: "clone"), .product(name: "NINATransport", package: "clone"),
                .product(name: "NINACoprocessor", package: "clone"), .product(name: "NINALink", package: "clone"),
            ])
    ]
)
"""
PROGRAM = """import NINACoprocessor
import NINALink
import NINATransport
import WiFiNINA

let wifi = WiFi(link: try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork())))
try wifi.begin("lab-net", passphrase: "correct-horse")
print("joined \\(try wifi.ssid())")
"""


class Dependency(ScratchCase):
    def test_version_resolves(self):
        clone = self.repository("Package.swift", "Sources", "Tests", "Tools")
        self.commit(clone)
        self.run_in(clone, "git", "tag", "1.2.3")
        user = self.folder / "hello"
        self.write(user / "Package.swift", MANIFEST.replace("CLONE", str(clone)))
        self.write(user / "Sources/hello/main.swift", PROGRAM)
        swift = ("swift", "package", "--cache-path", self.folder / "cache")
        # This loads all targets: flags that forbid the use as a dependency are noticed.
        output = self.run_in(user, *swift, "show-dependencies", "--format", "json")
        [found] = json.loads(output[output.index("{\n"):])["dependencies"]
        self.assertEqual((found["identity"], found["version"]), ("clone", "1.2.3"))
        if os.environ.get("NINA_TEST_BUILD"):
            output = self.run_in(
                user, "swift", "run", "--cache-path", self.folder / "cache", "-c", "release", "hello", seconds=1800)
            self.assertIn("joined lab-net", output)
