"""The action's script, against a server that has the files of a release. apt-get, dpkg, sudo and swift are stand-ins here."""

import hashlib
import shutil

import release_server
from scratch import ROOT, ScratchCase, tool_version

APT = """#!/bin/sh
echo "$@" >>"$STUBS/apt.log"
case "$*" in *.deb*) for name in nina nina-emulator; do
    printf '#!/bin/sh\\necho %s %s\\n' $name "$HAS_VERSION" >"$STUBS/$name"; chmod +x "$STUBS/$name"; done ;; esac
"""
SWIFT = """#!/bin/sh
echo "$PWD: $@" >>"$STUBS/swift.log"
case "$*" in *--show-bin-path) echo "$STUBS/built" ;; esac
"""


class Install(ScratchCase):
    def setUp(self):
        super().setUp()
        self.version = tool_version()
        self.package = f"nina_{self.version}_amd64.deb"
        self.action = self.folder / "runner/_actions/owner/nina/main/.github/actions/nina"
        shutil.copytree(ROOT / ".github/actions/nina", self.action)
        source = self.action.parent.parent.parent
        self.source = source
        (source / "Tools/ToolSupport").mkdir(parents=True)
        shutil.copy(ROOT / "Tools/ToolSupport/Arguments.swift", source / "Tools/ToolSupport")
        self.stubs = self.folder / "stubs"
        self.write(self.stubs / "apt-get", APT, 0o755)
        self.write(self.stubs / "swift", SWIFT, 0o755)
        self.write(self.stubs / "sudo", '#!/bin/sh\nexec "$@"\n', 0o755)
        self.write(self.stubs / "dpkg", "#!/bin/sh\necho amd64\n", 0o755)
        for name in ("nina", "nina-emulator"):
            self.write(self.stubs / "built" / name, f"#!/bin/sh\necho {name} built\n", 0o755)
        self.serve(f"owner/nina/releases/download/{self.version}")

    def serve(self, place):
        root = self.folder / "server"
        self.release = root / place
        deb = self.write(self.release / self.package, "a package")
        self.sum = hashlib.sha256(deb.read_bytes()).hexdigest()
        self.write(self.release / "SHA256SUMS", f"{'0' * 64}  nina-dkms_{self.version}_all.deb\n{self.sum}  {self.package}\n")
        server = release_server.serve(root, self.folder)
        self.address, self.certificate = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)

    def install(self, status=0, **variables):
        environment = {
            "GITHUB_ACTION_PATH": self.action, "GITHUB_OUTPUT": self.folder / "output", "GITHUB_PATH": self.folder / "path",
            "GITHUB_SERVER_URL": self.address, "GITHUB_REPOSITORY": "someone/driver", "CURL_CA_BUNDLE": self.certificate,
            "NO_PROXY": "*", "STUBS": self.stubs, "HAS_VERSION": self.version,
            "PATH": f"{self.stubs}:{self.environment['PATH']}", **variables}
        return self.run_in(
            self.folder, self.action / "install", status=status, **{name: str(value) for name, value in environment.items()})

    def commands(self, name="apt"):
        log = self.stubs / f"{name}.log"
        return log.read_text() if log.exists() else ""

    def test_release_of_the_tag(self):
        self.assertIn(f"nina {self.version}, in {self.stubs}", self.install())
        self.assertIn(f"/{self.package}", self.commands())
        self.assertEqual((self.folder / "path").read_text(), f"{self.stubs}\n")
        self.assertEqual(
            (self.folder / "output").read_text(), f"path={self.stubs}\npython={self.source}/Tools/adapters/python\n")

    def test_named_release_and_checksum(self):
        shutil.copytree(self.release, self.release.with_name("1.2.3-rc.1"))
        other = self.release.with_name("1.2.3-rc.1")
        (other / self.package).rename(other / "nina_1.2.3-rc.1_amd64.deb")
        self.write(other / "SHA256SUMS", f"{self.sum}  nina_1.2.3-rc.1_amd64.deb\n")
        self.install(NINA_VERSION="1.2.3-rc.1", NINA_SHA256=self.sum, HAS_VERSION="1.2.3-rc.1")
        self.assertIn("/nina_1.2.3-rc.1_amd64.deb", self.commands())

    def test_other_bytes_are_not_installed(self):
        (self.release / self.package).write_text("another package")
        self.assertIn(f"::error title=nina::{self.package}: expected the checksum {self.sum}, got ", self.install(status=1))
        self.assertNotIn(".deb", self.commands())

    def test_other_checksum_than_the_users(self):
        self.assertIn(f"expected the checksum {'1' * 64}, got {self.sum}", self.install(status=1, NINA_SHA256="1" * 64))
        self.assertNotIn(".deb", self.commands())

    def test_package_of_another_version(self):
        self.assertIn(f"expected nina {self.version}, and {self.package} has nina 9", self.install(status=1, HAS_VERSION="9"))

    def test_package_that_is_not_named(self):
        self.write(self.release / "SHA256SUMS", f"{self.sum}  {self.package}.old\n")
        self.assertIn(f"does not name {self.package}", self.install(status=1))

    def test_text_of_an_input_is_no_command_of_the_runner(self):
        said = self.install(status=1, NINA_VERSION="1.0\n::stop-commands::x")
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("got '1.0%0A::stop-commands::x'", said)
        for repository in ("../..", "a/..", "a/b/c"):
            self.assertIn("repository: expected", self.install(status=1, NINA_REPOSITORY=repository))

    def test_no_such_release(self):
        text = self.install(status=1, NINA_VERSION="9.9.9")
        self.assertIn("does owner/nina have the release 9.9.9 for amd64?", text)

    def test_server_without_the_right_certificate(self):
        self.install(status=1, CURL_CA_BUNDLE="/dev/null")
        self.assertNotIn(".deb", self.commands())

    def test_inputs_that_are_no_values(self):
        for name, value in [
                ("NINA_VERSION", "1.0.0/../../evil"), ("NINA_VERSION", "$(id)"), ("NINA_SHA256", "abc"), ("NINA_BUILD", "yes"),
                ("NINA_REPOSITORY", "../x/y")]:
            with self.subTest(name=name, value=value):
                self.assertIn("expected", self.install(status=1, **{name: value}))
        self.assertNotIn(".deb", self.commands())

    def test_build(self):
        self.assertIn("nina built", self.install(NINA_BUILD="true"))
        for name in ("nina", "nina-emulator"):
            self.assertIn(f"{self.source}: build -c release --product {name}\n", self.commands("swift"))
        self.assertEqual((self.folder / "path").read_text(), f"{self.stubs}/built\n")

    def test_action_in_its_own_repository(self):
        """`uses: ./.github/actions/nina` of a workflow here."""
        workspace = self.folder / "work/nina"
        shutil.copytree(self.source, workspace)
        moved = self.folder / "server/someone/driver"
        moved.parent.mkdir(parents=True)
        (self.folder / "server/owner/nina").rename(moved)
        self.install(GITHUB_ACTION_PATH=workspace / ".github/actions/nina")
        self.assertIn(f"/{self.package}", self.commands())
