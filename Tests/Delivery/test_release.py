"""Tools/release in a scratch clone, where Tools/package makes small files."""

import re

from scratch import ROOT, ScratchCase

PACKAGE = r"""#!/usr/bin/env python3
import hashlib, os, pathlib, re, sys
assert sys.argv[1] == "--output", sys.argv
output = pathlib.Path(sys.argv[2])
output.mkdir(parents=True)
version = re.search('toolVersion = "(.*)"', pathlib.Path("Tools/ToolSupport/Arguments.swift").read_text())[1]
if os.environ.get("FAULT") == "fails":
    sys.exit("no compiler")
sums = []
for name in (f"nina_{version}_amd64.deb", f"nina-{version}-linux-amd64.tar.gz"):
    data = (name + os.environ["SOURCE_DATE_EPOCH"]).encode()
    (output / name).write_bytes(data)
    sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
if os.environ.get("FAULT") == "sum":
    (output / name).write_bytes(b"cut")
if os.environ.get("FAULT") == "tree":
    pathlib.Path("CHANGELOG.md").write_text("")
(output / "SHA256SUMS").write_text("".join(sums))
"""
# When the tag is there, git's parent, which is Tools/release, gets a signal.
HOOK = r"""#!/bin/sh
while read -r old new name; do
    case "$FAULT $1 $new $name" in
    "signal committed "*[1-9a-f]*" refs/tags/"*) kill -"$SIGNAL" "$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$PPID/status")" && sleep 1 ;;
    esac
done
"""
CHANGELOG = """# Changelog

## [Unreleased] - 0.1.0

### Added

- The first thing.

### Fixed

"""


class Release(ScratchCase):
    def setUp(self):
        super().setUp()
        self.clone = self.repository(
            "Tools/release", "Tools/arguments.py", "Tools/packaging/facts.py", "Tools/ToolSupport/Arguments.swift", "Tools/container", ".github/actions",
            "Tools/adapters/python/src/nina_link/_version.py", "README.md", ".gitignore")
        self.constants = self.clone / "Tools/ToolSupport/Arguments.swift"
        self.constants.write_text(re.sub('toolVersion = ".*"', 'toolVersion = "0.1.0"', self.constants.read_text()))
        self.write(self.clone / "Tools/package", PACKAGE, 0o755)
        self.changelog = self.write(self.clone / "CHANGELOG.md", CHANGELOG)
        self.commit(self.clone)

    def release(self, *arguments, **options):
        return self.run_in(self.clone, "Tools/release", *arguments, **options)

    def git(self, *arguments):
        return self.run_in(self.clone, "git", *arguments).strip()

    def state(self):
        made = sorted(self.clone.glob(".build/releases/*"))
        return self.git("rev-parse", "HEAD"), self.git("tag"), self.git("status", "--porcelain"), self.changelog.read_text(), made

    def refused(self, *arguments, because, status=1, **options):
        before = self.state()
        self.assertIn(because, self.release(*arguments, status=status, **options))
        self.assertEqual(self.state(), before)

    def test_release(self):
        output = self.release("--date", "2027-03-04")
        self.assertIn("git push --atomic origin main 0.1.0", output)
        self.assertEqual(
            self.changelog.read_text(),
            "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2027-03-04\n\n### Added\n\n- The first thing.\n")
        self.assertIn('toolDate = "March 4, 2027"', self.constants.read_text())
        self.assertEqual(self.git("log", "--format=%s"), "Release 0.1.0\nFirst")
        self.assertEqual(self.git("cat-file", "-t", "0.1.0"), "tag")
        self.assertEqual(self.git("rev-parse", "0.1.0^{commit}"), self.git("rev-parse", "HEAD"))
        self.assertEqual(self.git("status", "--porcelain"), "")
        folder = self.clone / ".build/releases/0.1.0"
        self.assertEqual(
            sorted(path.name for path in folder.iterdir()),
            ["NOTES.md", "SHA256SUMS", "nina-0.1.0-linux-amd64.tar.gz", "nina_0.1.0_amd64.deb"])
        self.assertEqual((folder / "NOTES.md").read_text(), "### Added\n\n- The first thing.\n")

    def test_next_release_writes_the_version_everywhere(self):
        self.release()
        self.changelog.write_text(self.changelog.read_text().replace("[Unreleased]\n", "[Unreleased]\n\n- A second thing.\n"))
        self.commit(self.clone, "Second")
        self.release("0.2.0-rc.1")
        self.assertIn("## [0.2.0-rc.1] - ", self.changelog.read_text())
        changed = self.git("show", "--format=", "--name-only").split()
        self.assertEqual(len(changed), 1 + 2 + 4 + 1 + 4, changed)
        self.assertIn('toolVersion = "0.2.0-rc.1"', self.constants.read_text())
        left = [line for line in self.git("grep", "-n", "-F", "0.1.0", "--", ":!CHANGELOG.md").split("\n") if "such as 0.1.0" not in line]
        self.assertEqual([line for line in left if "Tools/package" not in line], [])
        self.changelog.write_text(self.changelog.read_text().replace("[Unreleased]\n", "[Unreleased]\n\n- A third.\n"))
        self.commit(self.clone, "Third")
        self.refused("0.2.0-beta", because="expected a version after 0.2.0-rc.1")
        self.release("0.2.0")

    def test_dry_run_changes_nothing(self):
        before = self.state()
        output = self.release("--dry-run")
        for part in ("would release 0.1.0", "change CHANGELOG.md", "tag 0.1.0", "- The first thing."):
            self.assertIn(part, output)
        self.assertEqual(self.state(), before)

    def test_refusals(self):
        self.refused("0.2", because="expected a version as 1.2.3", status=2)
        # Tools/package makes no package of it.
        self.refused("0.1.0-rc-1", "--dry-run", because="expected a version as 1.2.3", status=2)
        for date in ("yesterday", "20261126", "2026-W48-4", "2026-1-5"):
            self.refused("0.1.0", "--date", date, because=f"expected YYYY-MM-DD, got '{date}'", status=2)
        self.refused("0.2.0", because="the unreleased section is that of 0.1.0, not of 0.2.0")
        self.write(self.clone / "new.txt", "")
        self.refused(because="?? new.txt")
        self.commit(self.clone, "A file")
        self.git("tag", "0.1.0")
        self.refused(because="the tag 0.1.0 exists")
        self.git("tag", "--delete", "0.1.0")
        self.git("checkout", "--quiet", "--detach")
        self.refused(because="HEAD is detached")

    def test_changelog_without_entries(self):
        self.changelog.write_text("# Changelog\n\n## [Unreleased]\n\n## [0.0.9] - 2026-01-01\n\n- Old.\n")
        self.commit(self.clone, "Nothing new")
        self.refused(because="the unreleased section has no entry")

    def test_failures_leave_all_as_it_was(self):
        for fault, because in [
                ("fails", "Tools/package failed"), ("sum", "another checksum than SHA256SUMS states"), ("tree", "has changed the tree")]:
            with self.subTest(fault):
                self.refused(because=because, FAULT=fault)

    def test_a_signal_behind_the_tag_takes_it_back(self):
        self.write(self.clone / ".git/hooks/reference-transaction", HOOK, 0o755)
        for name, status in (("TERM", 143), ("HUP", 129)):
            self.refused(because="", status=status, FAULT="signal", SIGNAL=name)
        self.release()

    def test_what_the_contributor_is_told(self):
        """The commands of CONTRIBUTING.md are for the changelog as it is."""
        text = (ROOT / "CHANGELOG.md").read_text()
        self.changelog.write_text(text)
        self.constants.write_text((ROOT / "Tools/ToolSupport/Arguments.swift").read_text())
        self.commit(self.clone, "The real changelog")
        told = re.findall(r"^    Tools/release(.*?)(?:#.*)?$", (ROOT / ".github/CONTRIBUTING.md").read_text(), re.MULTILINE)
        self.assertEqual(len(told), 2, told)
        for arguments in told:
            self.assertIn("would release", self.release("--dry-run", *arguments.replace("--dry-run", "").split()))
        if not re.search(r"^## \[\d", text, re.MULTILINE):
            # Nobody has seen what came before the first release.
            self.assertEqual(re.findall(r"^### (?!Added).*|.*\bbefore\)|^\| old \|.*", text, re.MULTILINE), [])
