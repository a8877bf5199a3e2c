"""The files of an installation: below /usr of the package, or below the folder of the tar ball."""

import pathlib
import shutil
import subprocess

from facts import SOURCES, PackageError, version

#: Files and folders of the sources, and where they go.
COPIES = {
    # Where `nina sketch` looks: beside the folder of its program.
    "Tools/adapters/arduino": "share/nina/arduino",
    "Tools/adapters/c": "share/nina/c",
    # Where libsigrokdecode looks. Wireshark would load its own for every user: its README says how to use it from here.
    "Tools/decoders/sigrok/nina": "share/libsigrokdecode/decoders/nina",
    "Tools/decoders/wireshark": "share/nina/decoders/wireshark",
    "Tools/decoders/saleae": "share/nina/decoders/saleae",
    "Tools/decoders/README.md": "share/nina/decoders/README.md",
    # For programs, which may not depend on share/doc.
    "Protocol/commands.json": "share/nina/commands.json",
    "Protocol/vectors": "share/nina/vectors",
    "Tools/adapters/python/examples/code.py": "share/doc/nina/examples/code.py",
    "Tools/adapters/python/examples/settings.toml": "share/doc/nina/examples/settings.toml",
}
DOCUMENTS = ["README", "frame", "link", "trace", "firmware", "coverage", "dialects", "decisions"]
PYTHON = SOURCES / "Tools/adapters/python"


def fill_package(root, programs):
    """The package of Debian, below root/usr."""
    fill(root / "usr", programs, zsh="vendor-completions")
    copy(SOURCES / "Tools/packaging/examples", root / "usr/share/doc/nina/examples")
    modules = root / "usr/lib/python3/dist-packages"
    copy(PYTHON / "src/nina_link", modules / "nina_link")
    for name, text in distribution().items():
        write(modules / f"nina_link-{version()}.dist-info" / name, text)


def fill_tar_ball(root, programs):
    """The tar ball, for /usr/local and other folders."""
    fill(root, programs, zsh="site-functions")
    copy(PYTHON, root / "share/nina/python")
    for name in ("LICENSE", "CHANGELOG.md"):
        copy(SOURCES / name, root / "share/doc/nina" / name)
    write(root / "share/doc/nina/INSTALL", (
        "Copy bin and share into /usr/local, or into ~/.local if its bin is in PATH:\n\n"
        "    sudo cp -r bin share /usr/local/\n    pip install /usr/local/share/nina/python  # nina_link, in an environment of yours\n"))


def fill(root, programs, zsh):
    for name in ("nina", "nina-emulator"):
        copy(programs / name, root / "bin" / name)
        write(root / f"share/man/man1/{name}.1", output(programs / "nina", "manual", name))
    for source, target in COPIES.items():
        copy(SOURCES / source, root / target)
    for name in DOCUMENTS:
        copy(SOURCES / f"Protocol/{name}.md", root / f"share/doc/nina/protocol/{name}.md")
    # One file for both programs; bash and fish look for one of the command's name.
    for shell, path in {
            "bash": "share/bash-completion/completions/nina", "zsh": f"share/zsh/{zsh}/_nina",
            "fish": "share/fish/vendor_completions.d/nina.fish"}.items():
        write(root / path, output(programs / "nina", "completion", shell))
        if shell != "zsh":
            path = root / path
            path.with_name(path.name.replace("nina", "nina-emulator")).symlink_to(path.name)


def distribution():
    """What pip and pytest read of an installed package: its name and version, and the plug-in of pytest."""
    try:
        import tomllib
    except ImportError:
        raise PackageError("expected Python 3.11 or newer, which reads pyproject.toml") from None
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text())["project"]
    metadata = {
        "Metadata-Version": "2.1", "Name": project["name"], "Version": version(), "Summary": project["description"],
        "License": project["license"], "Requires-Python": project["requires-python"]}
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items())
    return {
        "METADATA": "".join(f"{name}: {value}\n" for name, value in metadata.items()), "entry_points.txt": points,
        # pip does not touch what it has not installed.
        "INSTALLER": "debian\n"}


def output(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode or not result.stdout:
        raise PackageError(f"'{' '.join(map(str, command))}' failed with status {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o644)


def copy(source, target):
    """Copies without what is no part of the sources, with the modes that installed files have."""
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.name != "__pycache__" and not path.name.startswith(".") and not path.name.endswith((".egg-info", ".pyc")):
                copy(path, target / path.name)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if source.stat().st_mode & 0o100 and target.parent.name == "bin" else 0o644)
