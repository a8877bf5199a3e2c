"""The package as it is published."""

import importlib.util
import pathlib
import re
import subprocess
import sys
import zipfile

import nina_link
import pytest

PACKAGE = pathlib.Path(__file__).parents[1]
TOOLS = PACKAGE.parents[1] / "ToolSupport" / "Arguments.swift"


@pytest.mark.skipif(not TOOLS.exists(), reason="the package is outside of the project's tree")
def test_the_version_and_the_license_are_the_projects():
    assert re.search(r'toolVersion = "(.*)"', TOOLS.read_text())[1] == nina_link.__version__
    assert (PACKAGE / "LICENSE").read_bytes() == (PACKAGE.parents[2] / "LICENSE").read_bytes()


@pytest.mark.skipif(importlib.util.find_spec("flit_core") is None, reason="the build back end is not installed")
def test_a_wheel_has_all_modules(tmp_path):
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", str(PACKAGE), str(source)], check=True)
    before = sorted(source.rglob("*"))
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(tmp_path), str(source)], check=True, timeout=120)
    # Nothing that the next build would take for a module.
    assert sorted(source.rglob("*")) == before
    wheel, = tmp_path.glob("nina_link-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {str(path.relative_to(PACKAGE / "src")) for path in (PACKAGE / "src").rglob("*.py")}
    assert modules | {"nina_link/py.typed"} <= names and any(name.endswith("/LICENSE") for name in names)
    entry_points, = (name for name in names if name.endswith("entry_points.txt"))
    assert b"nina_link.pytest_plugin" in zipfile.ZipFile(wheel).read(entry_points)
