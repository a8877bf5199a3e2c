"""Temporary folders, clones and programs for the tests."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VERSION_FILE = ROOT / "Tools/ToolSupport/Arguments.swift"


def tool_version():
    return VERSION_FILE.read_text().split('toolVersion = "')[1].split('"')[0]


class ScratchCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nina-delivery-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        # Nobody's settings, and a name for commits.
        self.environment = dict(
            os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="Test", GIT_AUTHOR_EMAIL="test@localhost",
            GIT_COMMITTER_NAME="Test", GIT_COMMITTER_EMAIL="test@localhost")
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            self.environment.pop(name, None)

    def run_in(self, folder, *command, status=0, seconds=300, **variables):
        """Runs a command to its end, and returns what it printed."""
        result = subprocess.run(
            list(map(str, command)), cwd=folder, env=dict(self.environment, **variables), stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        self.assertEqual(result.returncode, status, f"{command}: {result.stdout}")
        return result.stdout

    def write(self, path, text, mode=0o644):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def repository(self, *names):
        """A clone with one commit: these files and folders of the package."""
        clone = self.folder / "clone"
        for name in names:
            source, target = ROOT / name, clone / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns(".build", "__pycache__", "*.egg-info"))
            else:
                shutil.copy(source, target)
        self.run_in(clone, "git", "init", "--quiet", "--initial-branch", "main")
        return clone

    def commit(self, clone, message="First"):
        self.run_in(clone, "git", "add", "--all")
        self.run_in(clone, "git", "commit", "--quiet", "--message", message)
