"""Checks of the packages' files, with the programs of any build: what Tools/package would pack, and what it refuses."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tools/packaging"))
import facts
import tree

DEBIAN = ROOT / "Tools/packaging/debian"
#: The most that `systemd-analyze security` may say of the system's unit.
EXPOSURE = 3.0


def run(*command, status=0, **options):
    """Runs a command that must end with a status; returns what it printed."""
    result = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False, **options)
    assert result.returncode == status, f"status {result.returncode} of {command}: {result.stdout}"
    return result.stdout


def check_files(programs, folder):
    """The tree of the package: its program finds what is installed beside it, and Python finds nina_link."""
    root = folder / "root"
    tree.fill_package(root, programs)
    nina = root / "usr/bin/nina"
    sketch = folder / "sketch.ino"
    sketch.write_text("void setup() {}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NINA_")}
    said = subprocess.run([nina, "sketch", sketch], capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert "--api" in said.stderr, said
    modules = root / "usr/lib/python3/dist-packages"
    code = (
        "import importlib.metadata as m, nina_link; d = m.distribution('nina-link'); "
        "print(d.version, nina_link.__file__, [e.group for e in d.entry_points])")
    said = run(sys.executable, "-B", "-c", code, env=dict(environment, PYTHONPATH=str(modules)))
    assert said.split() == [facts.version(), f"{modules}/nina_link/__init__.py", "['pytest11']"], said
    empty = [path for path in root.rglob("*") if path.is_file() and not path.stat().st_size and path.name != "py.typed"]
    assert not empty, empty
    # What the help and its packages' README name is there: documents of the sources, and paths of the installation.
    helped = "".join(run(nina, "help", page) for page in ("run", "sketch", "decode"))
    for document in set(re.findall(r"(?:Protocol|Tools)/[\w/]+\.md", " ".join(helped.split()))):
        place = document.replace("Protocol/", "share/doc/nina/protocol/").replace("Tools/adapters/", "share/nina/")
        assert (root / "usr" / place).is_file(), document
    said = (DEBIAN / "nina.README.Debian").read_text()
    for word in ("nina decode", "examples/Module", "venv"):
        assert word in said, word
    for path in set(re.findall(r"/usr/share/nina[\w./-]*|/usr/share/doc/nina/protocol", said)):
        assert (root / path[1:]).exists(), path
    for path in ("libsigrokdecode/decoders/nina/pd.py", "nina/decoders/wireshark/nina.lua", "nina/decoders/saleae/extension.json"):
        assert (root / "usr/share" / path).is_file(), path
    example = root / "usr/share/nina/arduino/examples"
    said = run(nina, "sketch", "--api", example, "--output", folder / "sketch", example / "Module", env=environment)
    assert (folder / "sketch").is_file(), said
    for name in ("nina", "nina-emulator"):
        for path in (f"bash-completion/completions/{name}", f"fish/vendor_completions.d/{name}.fish", f"man/man1/{name}.1"):
            assert (root / "usr/share" / path).read_text(), path


def check_units(programs, folder):
    """systemd finds nothing to say about the units, and the system's one is closed enough."""
    for source, name, scope in (
            ("nina.nina-emulator@.service", "nina-emulator@lab.service", "--system"),
            ("nina.nina-emulator.user.service", "nina-emulator.service", "--user")):
        text = (DEBIAN / source).read_text()
        assert "ExecStart=/usr/bin/nina-emulator " in text
        unit = folder / name
        # The program is not installed here, nor its manual.
        unit.write_text(text.replace("/usr/bin/nina-emulator", str(programs / "nina-emulator")))
        environment = dict(os.environ, XDG_RUNTIME_DIR=str(folder))
        said = run("systemd-analyze", scope, "--man=no", "verify", unit, env=environment)
        assert not said, said
        # What is measured assumes a service of the system, so that a user's cannot be judged by it.
        if scope == "--system":
            said = run("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=30", unit)
            exposure = re.search(r"exposure level.*: (\d+\.\d+)", said)
            assert exposure and float(exposure[1]) <= EXPOSURE, said


def check_options(programs, folder):
    """What the units and the example give the emulator are options that it has."""
    helped = run(programs / "nina-emulator", "--help")
    texts = [(DEBIAN / "nina.nina-emulator@.service").read_text(), (DEBIAN / "nina.nina-emulator.user.service").read_text()]
    texts = [line for text in texts for line in text.splitlines() if line.startswith(("ExecStart=", "# Options"))]
    texts.append((ROOT / "Tools/packaging/examples/lab.conf").read_text())
    options = {option for text in texts for option in re.findall(r"--[a-z-]+", text)}
    assert len(options) >= 6, options
    for option in options:
        assert f"\n  {option} " in helped, option


def check_module(_programs, _folder):
    """DKMS would build the module there, for the kernels that it is tested with and newer ones."""
    text = (DEBIAN / "nina-dkms.dkms").read_text()
    names = "PACKAGE_NAME PACKAGE_VERSION BUILT_MODULE_NAME DEST_MODULE_LOCATION AUTOINSTALL BUILD_EXCLUSIVE_KERNEL"
    said = run("bash", "-euc", text + "".join(f'\necho "${name}"' for name in names.split())).splitlines()
    assert said[:5] == ["nina", "#MODULE_VERSION#", "nina_virtual", "/updates/dkms", "yes"], said
    # What a shell makes of the text is what it is.
    for kernel, fits in {"6.1.0-56-amd64": True, "6.12.1": True, "7.0.1": True, "10.0": True, "6.0.9": False, "5.15.0-1-generic": False}.items():
        assert bool(re.search(said[5], kernel)) == fits, kernel
    assert f"obj-m := {said[2]}.o" in (ROOT / "Tools/kernel/Kbuild").read_text()
    for line in (DEBIAN / "nina-dkms.install").read_text().splitlines():
        source, target = line.split()
        assert (ROOT / "Tools" / source).is_file() and target == "usr/src/nina-@VERSION@", line
    rules = [line for line in (DEBIAN / "nina-dkms.nina.udev").read_text().splitlines() if line and not line.startswith("#")]
    assert len(rules) == 3, rules
    for rule in rules:
        assert re.fullmatch(r'(?:[A-Z]+\+?={1,2}"[^"]+"(?:, |$))+', rule), rule


def check_scripts(_programs, _folder):
    """The scripts of the packages are shell, and say how they end."""
    for name in ("nina.postinst", "nina.prerm", "nina.postrm"):
        text = (DEBIAN / name).read_text()
        run("sh", "-n", DEBIAN / name)
        assert text.startswith("#!/bin/sh\nset -e\n") and text.endswith("#DEBHELPER#\n"), name


def check_commands(_programs, _folder):
    """No README tells to install into the Python of the system, which Debian refuses."""
    for path in [ROOT / "README.md", *(ROOT / "Tools").rglob("README.md"), DEBIAN / "nina.README.Debian"]:
        told = re.findall(r"(?:^ {4}|`|; )(?:pip3?|python3 -m pip) install .*", path.read_text(), re.MULTILINE)
        assert not told, (path, told)


def check_refusals(programs, folder):
    """Each failure is one sentence, and leaves nothing in the folder of the packages."""
    package = ROOT / "Tools/package"
    tools = folder / "tools"
    tools.mkdir()
    for name in ("python3", "env", "git"):
        if shutil.which(name):
            (tools / name).symlink_to(shutil.which(name))
    output = folder / "output"
    said = run(package, "--output", output, "--binaries", programs, status=1, env=dict(os.environ, PATH=str(tools)))
    assert said.count("\n") == 1 and "missing dh" in said and "apt-get install" in said and "debhelper" in said, said
    run(package, "--outputs", output, status=2)
    said = run(package, "--output", status=2)
    assert "--output needs a value" in said, said
    # Stand-ins for the tools that this machine may lack; none is reached.
    for name in ("dh", "dh_dkms", "dpkg-buildpackage", "strip", "tar", "gzip"):
        if not (tools / name).exists():
            (tools / name).symlink_to("/bin/false")
    (tools / "readelf").symlink_to(shutil.which("readelf"))
    environment = dict(os.environ, PATH=str(tools))
    said = run(package, "--output", output, status=1, env=environment)
    assert said.count("\n") == 1 and "missing swift" in said, said
    said = run(package, "--output", output, "--binaries", folder, status=1, env=environment)
    assert said.count("\n") == 1 and f"expected the program nina in {folder}" in said, said
    said = run(package, "--output", output, "--binaries", programs, status=1, env=environment)
    assert said.count("\n") == 1 and "--static-swift-stdlib" in said, said
    said = run(package, "--output", package, "--binaries", programs, status=1, env=environment)
    assert said.count("\n") == 1 and "expected a folder" in said, said
    said = run(package, "--output", output, "--binaries", programs, status=1, env=dict(environment, SOURCE_DATE_EPOCH="yesterday"))
    assert said.count("\n") == 1 and "expected seconds since 1970" in said, said
    assert not output.exists()


CHECKS = {
    "the files of the package, and what finds them": check_files, "systemd's units": check_units, "the options of the units": check_options,
    "dkms.conf, and udev's rules": check_module, "the scripts of the packages": check_scripts,
    "what READMEs tell to install": check_commands, "what Tools/package refuses": check_refusals}


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__ if sys.argv[1:] in (["-h"], ["--help"]) else "Tests/Package/run: expected the folder of nina")
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    programs = pathlib.Path(sys.argv[1]).absolute()
    for name in ("nina", "nina-emulator"):
        if not os.access(programs / name, os.X_OK):
            print(f"Tests/Package/run: there is no program {name} in {programs}: build it with 'swift build'")
            return 2
    failed = 0
    for title, check in CHECKS.items():
        with tempfile.TemporaryDirectory(prefix="nina-package-") as folder:
            try:
                check(programs, pathlib.Path(folder))
                print(f"ok   {title}", flush=True)
            except (AssertionError, facts.PackageError, OSError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAIL {title}: {type(error).__name__} {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
