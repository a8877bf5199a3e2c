"""Prepares Bumble's environment and runs the Bluetooth checks against nina-emulator."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DRIVERS = os.path.join(os.path.dirname(HERE), "Drivers")
sys.path.insert(0, DRIVERS)

import environments  # noqa: E402

SECONDS = 120


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        print(__doc__ + "\nusage: run PATH-OF-nina-emulator", file=sys.stderr)
        return 2
    python = environments.python_with(os.path.join(HERE, "requirements.txt"))
    variables = dict(os.environ, PYTHONPATH=environments.PACKAGE, PYTHONDONTWRITEBYTECODE="1")
    command = [python, os.path.join(HERE, "hci_checks.py"), os.path.abspath(sys.argv[1])]
    return subprocess.run(command, env=variables, timeout=SECONDS).returncode


if __name__ == "__main__":
    sys.exit(main())
