"""Python environments with pinned packages, kept in .build until the pins change."""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def python_with(requirements):
    """The Python of the environment with the packages of this file; needs the network only to create it."""
    with open(requirements, "rb") as file:
        digest = hashlib.sha256(file.read() + sys.version.encode()).hexdigest()[:12]
    folder = os.path.join(ROOT, ".build", "drivers", digest)
    python = os.path.join(folder, "bin", "python")
    done = os.path.join(folder, "complete")
    if not os.path.exists(done):
        print(f"preparing {os.path.relpath(requirements, ROOT)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", "-r", requirements],
            check=True)
        open(done, "w").close()
    return python
