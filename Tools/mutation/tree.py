"""A copy of the package with all mutants in its sources, and its build."""

import os
import pathlib
import re
import shutil
import subprocess

import sites

PACKAGE = pathlib.Path(__file__).resolve().parent.parent.parent
COPIED = ["Package.swift", "Sources", "Tests", "Tools", "Protocol", "README.md"]
TESTS = ".build/debug/ninaPackageTests.xctest"
MOST_ROUNDS = 30


def write(path, text):
    """Writes a file only if it differs, so that a build compiles only what has changed."""
    data = text if isinstance(text, bytes) else text.encode()
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def manifest(text):
    """The package's manifest with the target Mutants, on which every target in Sources depends."""
    return text + """
let mutated = package.targets.filter { $0.type == .regular && $0.path == nil && !$0.name.hasPrefix("C") }
for target in mutated { target.dependencies.append("Mutants") }
package.targets.append(.target(name: "Mutants"))
"""


def mutate(file, text, mutants):
    """A source with its mutants; `mutants` are numbers and sites, at most one on a line."""
    lines = text.split("\n")
    for number, site in mutants:
        line = lines[site.line - 1]
        code = site.code.replace("{n}", str(number)).replace("{op}", sites.operator_name(number))
        lines[site.line - 1] = line[: site.start] + code + line[site.end :]
    # In the first line, so that the numbers of lines remain.
    lines[0] = "import Mutants; " + lines[0]
    return "\n".join(lines)


class Tree:
    """`tests` are the test targets that are built, or None for all."""

    def __init__(self, folder, tests):
        self.folder = folder
        # Package.swift reads the variable.
        self.environment = dict(os.environ, NINA_TEST_TARGETS=",".join(tests or []))

    def synchronize(self, mutants):
        """Copies the package, and writes the mutants, a dictionary by number, into the copy."""
        by_file = {}
        operators = ["// Generated: the operators of the mutants.\n"]
        for number, site in mutants.items():
            by_file.setdefault(site.file, []).append((number, site))
            if site.operator:
                operators.append(sites.declaration(site, sites.operator_name(number), number))
        present = set()
        for path in self.originals():
            name = str(path.relative_to(PACKAGE))
            present.add(name)
            target = self.folder / name
            if name in by_file:
                write(target, mutate(name, path.read_text(), by_file[name]))
            elif name == "Package.swift":
                write(target, manifest(path.read_text()))
            else:
                write(target, path.read_bytes())
            shutil.copymode(path, target)
        write(self.folder / "Sources/Mutants/Mutants.swift", (PACKAGE / "Tools/mutation/Mutants.swift").read_text())
        write(self.folder / "Sources/Mutants/Operators.swift", "\n".join(operators))
        for name in ["Sources", "Tests"]:
            for path in (self.folder / name).rglob("*.swift"):
                relative = str(path.relative_to(self.folder))
                if relative not in present and not relative.startswith("Sources/Mutants/"):
                    path.unlink()

    def originals(self):
        for name in COPIED:
            path = PACKAGE / name
            if path.is_file():
                yield path
            else:
                yield from (file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)

    def build(self, mutants, log):
        """Builds the tests; removes from `mutants` those that do not compile, and returns them."""
        dropped = {}
        for round in range(MOST_ROUNDS):
            self.synchronize(mutants)
            with open(log, "w+") as output:
                result = subprocess.run(
                    ["swift", "build", "--build-tests"], cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT)
                output.seek(0)
                text = output.read()
            if result.returncode == 0:
                return dropped
            wrong = self.mutants_with_errors(mutants, text)
            if not wrong:
                raise SystemExit(f"Tools/soak mutants: the copy does not compile, see {log}")
            print(f"build {round + 1}: without {len(wrong)} mutants that do not compile", flush=True)
            for number in wrong:
                dropped[number] = mutants.pop(number)
        raise SystemExit(f"Tools/soak mutants: the copy does not compile after {MOST_ROUNDS} builds, see {log}")

    def mutants_with_errors(self, mutants, text):
        """The mutants in lines with errors; for an error in another line, the nearest one before it in the file, or else the first."""
        found = set()
        for file, line in set(re.findall(rf"^{re.escape(str(self.folder))}/(Sources/[^:]+):(\d+):\d+: error:", text, re.M)):
            places = sorted((site.line, number) for number, site in mutants.items() if site.file == file)
            if places:
                found.add(([place for place in places if place[0] <= int(line)] or places[:1])[-1][1])
        return found
