"""Python environments with pinned packages, kept in .build until the pins change."""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


#: The package that connects a driver to the emulator, as it is in the tree.
PACKAGE = os.path.join(ROOT, "Tools", "adapters", "python", "src")


def python_with(*requirements):
    """The Python of the environment with the packages of these files; needs the network only to create it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in requirements:
        with open(path, "rb") as file:
            digest.update(file.read())
    folder = os.path.join(ROOT, ".build", "drivers", digest.hexdigest()[:12])
    python = os.path.join(folder, "bin", "python")
    done = os.path.join(folder, "complete")
    if not os.path.exists(done):
        print("preparing " + ", ".join(os.path.relpath(path, ROOT) for path in requirements), flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        options = [word for path in requirements for word in ("-r", path)]
        subprocess.run(
            [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", *options], check=True)
        open(done, "w").close()
    return python
