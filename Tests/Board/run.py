"""Prepares unicorn's environment and compares the board's processor with it.

    Tests/Board/run PATH-OF-nina-board-core [--seed N] [--instructions N]     N instructions: 1000000
"""

import argparse
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "Drivers"))

import environments  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="Tests/Board/run", description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("NINA_TEST_SEED", random.randrange(1, 10**9))))
    parser.add_argument("--instructions", type=int, default=1_000_000)
    options = parser.parse_args()
    if not os.access(options.program, os.X_OK):
        parser.error(f"{options.program} is no program")
    python = environments.python_with(os.path.join(HERE, "requirements.txt"))
    # A core executes more than 100,000 instructions a second in every build.
    seconds = 60 + options.instructions // 100_000
    compare = [python, "-B", os.path.join(HERE, "compare.py")]
    program = [os.path.abspath(options.program), str(options.seed), str(options.instructions)]
    print(f"NINA_TEST_SEED={options.seed}", flush=True)
    return subprocess.run(compare + program, timeout=seconds).returncode


if __name__ == "__main__":
    sys.exit(main())
