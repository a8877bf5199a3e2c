"""Runs the tests of this folder in an environment that has the schemas."""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Drivers"))
import environments

arguments = sys.argv[1:]
if "-h" in arguments or "--help" in arguments:
    print((HERE / "run").read_text().split("\n# ", 1)[1].partition("\nexec")[0].replace("\n# ", "\n"))
    sys.exit(0)
if "--build" in arguments:
    arguments.remove("--build")
    os.environ["NINA_TEST_BUILD"] = "1"
unknown = [word for word in arguments if word.startswith("-") or not (HERE / (word.partition(".")[0] + ".py")).exists()]
if unknown:
    print(f'Tests/Delivery/run: there is no test {unknown[0]}\nTry "Tests/Delivery/run --help".', file=sys.stderr)
    sys.exit(2)
python = environments.python_with(str(HERE / "requirements.txt"))
os.chdir(HERE)
tests = arguments or [path.stem for path in sorted(HERE.glob("test_*.py"))]
os.execv(python, [python, "-B", "-m", "unittest", "--verbose", *tests])
