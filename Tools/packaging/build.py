"""Builds the programs and makes the packages of them, all or none."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from facts import SOURCES, PackageError, changelog, debian_version, epoch, maintainer, version
from tree import copy, fill_package, fill_tar_ball

PROGRAMS = ("nina", "nina-emulator")
#: What is needed beside Swift, by the package of Debian that has it.
TOOLS = {
    "dh": "debhelper", "dh_dkms": "dh-dkms", "dpkg-buildpackage": "dpkg-dev", "strip": "binutils",
    "readelf": "binutils", "tar": "tar", "gzip": "gzip"}


def make(output, binaries=None):
    """Makes the files in a folder, and returns their paths."""
    check_tools(swift=binaries is None)
    # What they refuse is said before the build.
    version(), epoch()
    if output.exists() and not output.is_dir():
        raise PackageError(f"expected a folder for the output, and {output} is a file")
    binaries = binaries or build()
    check_programs(binaries)
    try:
        output.mkdir(parents=True, exist_ok=True)
        # In the output's file system, so that each file appears there as a whole.
        with tempfile.TemporaryDirectory(prefix=".nina-package-", dir=output) as folder:
            return pack(pathlib.Path(folder), binaries, output)
    except OSError as error:
        raise PackageError(f"{error.filename or output}: {error.strerror}") from None


def check_tools(swift):
    missing = {name: package for name, package in TOOLS.items() if shutil.which(name) is None}
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        raise PackageError(f"missing {', '.join(missing)}: install them by 'apt-get install {packages}' (Debian or Ubuntu)")
    if swift and shutil.which("swift") is None:
        raise PackageError("missing swift: install Swift 6.3 from swift.org, or give built programs by --binaries DIR")


def run(command, **options):
    """Runs a command; its output is shown only if it fails."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options)
    if result.returncode:
        lines = result.stdout.strip().splitlines()
        print("\n".join(lines[-60:]))
        raise PackageError(f"'{' '.join(map(str, command[:4]))} ...' failed with status {result.returncode}; its last lines are above")
    return result.stdout


def build(scratch=SOURCES / ".build/package"):
    """A release build of its own, as other flags would rebuild that of the tests."""
    # The folder of the sources is in no message of a program, so that it does not matter where they are.
    command = [
        "swift", "build", "-c", "release", "--static-swift-stdlib", "--scratch-path", scratch, "-Xswiftc", "-warnings-as-errors",
        "-Xswiftc", "-file-prefix-map", "-Xswiftc", f"{SOURCES}=.",
        # Addresses of functions are resolved at the start, and cannot be overwritten then.
        "-Xlinker", "-z", "-Xlinker", "now"]
    for program in PROGRAMS:
        run([*command, "--product", program], cwd=SOURCES)
    return pathlib.Path(run([*command, "--show-bin-path"], cwd=SOURCES).strip())


def check_programs(folder):
    """They must be of this version, and need no Swift."""
    for name in PROGRAMS:
        path = folder / name
        if not os.access(path, os.X_OK) or not path.is_file():
            raise PackageError(f"expected the program {name} in {folder}, and it is not there")
        libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", run(["readelf", "--dynamic", path]))
        swift = [library for library in libraries if library.startswith(("libswift", "libdispatch", "libFoundation"))]
        if swift:
            raise PackageError(f"{path} needs {swift[0]} of Swift: build it with --static-swift-stdlib")
        words = run([path, "--version"]).split()
        if words[1:] != [version()]:
            raise PackageError(f"expected version {version()} of {path}, got '{' '.join(words)}'")


def pack(folder, binaries, output):
    programs = folder / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        # As Debian's dh_strip, so that the tar ball has the same programs.
        run(["strip", "--remove-section=.comment", "--remove-section=.note", "-o", programs / name, binaries / name])
        forget_folder(programs / name)
    environment = dict(os.environ, SOURCE_DATE_EPOCH=str(epoch()), LC_ALL="C.UTF-8", TZ="UTC")
    made = pack_debian(folder, programs, environment)
    made.append(pack_tar_ball(folder, programs, environment))
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(made)))
    # The sums last: while they are the old ones, they show that the files are not of one run.
    for path in [*made, sums]:
        path.chmod(0o644)
        os.replace(path, output / path.name)
    return [output / path.name for path in [*made, sums]]


def forget_folder(program):
    """Replaces what depends on the folder of the build: the hashes of the compiler's arguments, which are for its next run, and the build
    ID, in which are those of the debugging symbols. It becomes a hash of the program as it is. Removing a section that is loaded
    would cost the program's protection of its relocations (GNU_RELRO)."""
    lines = run(["readelf", "--sections", "--wide", program])
    sections = {name: (int(offset, 16), int(size, 16)) for name, offset, size in re.findall(
        r"\] (\S+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)", lines)}
    content = bytearray(program.read_bytes())
    offset, size = sections.get(".swift_modhash", (0, 0))
    content[offset : offset + size] = bytes(size)
    offset, size = sections.get(".note.gnu.build-id", (0, 0))
    # Three numbers and the name "GNU" precede the ID.
    start, end = min(offset + 16, offset + size), offset + size
    content[start:end] = bytes(end - start)
    content[start:end] = hashlib.sha256(content).digest()[: end - start]
    program.write_bytes(content)


def pack_debian(folder, programs, environment):
    """The two packages, by debhelper. It needs no rights of root."""
    tree = folder / "nina"
    shutil.copytree(SOURCES / "Tools/packaging/debian", tree / "debian")
    fill_package(tree / "root", programs)
    copy(SOURCES / "Tools/kernel", tree / "kernel")
    copy(SOURCES / "CHANGELOG.md", tree / "CHANGELOG.md")
    for path in (tree / "debian").iterdir():
        text = path.read_text()
        path.write_text(text.replace("@MAINTAINER@", maintainer()).replace("@VERSION@", debian_version().rsplit("-", 1)[0]))
    (tree / "debian/changelog").write_text(changelog())
    # Files of a checkout have the time of that; newer ones get the packages' date from dpkg-deb.
    for path in tree.rglob("*"):
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)
    # -d: dh-dkms and the others were found as programs.
    run(["dpkg-buildpackage", "--build=binary", "--no-sign", "-d"], cwd=tree, env=environment)
    made = sorted(folder.glob("*.deb"))
    if [path.name.split("_")[0] for path in made] != ["nina-dkms", "nina"]:
        raise PackageError(f"expected the packages nina and nina-dkms, got {', '.join(path.name for path in made) or 'none'}")
    # Their names have the version of the sources, without the revision of the package.
    return [path.rename(path.with_name(path.name.replace(debian_version(), version()))) for path in made]


def pack_tar_ball(folder, programs, environment):
    """What the first package has, for any folder such as /usr/local or ~/.local."""
    architecture = run(["dpkg", "--print-architecture"]).strip()
    name = f"nina-{version()}"
    fill_tar_ball(folder / name, programs)
    archive = folder / f"{name}-linux-{architecture}.tar"
    run([
        "tar", "--create", "--file", archive, "--format=gnu", "--sort=name", f"--mtime=@{epoch()}", "--owner=0", "--group=0",
        "--numeric-owner", "--mode=u+rw,go=rX", "--directory", folder, name], env=environment)
    run(["gzip", "-9", "--no-name", archive])
    return archive.with_name(archive.name + ".gz")
