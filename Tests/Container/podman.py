"""Podman with a storage of its own, of which nothing is left."""

import contextlib
import os
import shutil
import subprocess


class Podman:
    """- folder: for images, containers and settings; on a file system that overlays may lie on.
    - sysctls: those of every container, as podman 4.3 has none for a Pod."""

    def __init__(self, folder, sysctls):
        self._folder = folder
        settings = folder / "containers.conf"
        lines = ", ".join(f'"{name}={value}"' for name, value in sysctls.items())
        # The limits are those that any machine allows.
        settings.write_text(
            f'[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]\ndefault_sysctls = [{lines}]\n')
        self._environment = dict(os.environ, CONTAINERS_CONF=str(settings), TMPDIR=str(folder))
        # crun refuses machines with cgroups of both versions; without systemd there is the manager of files only.
        self._command = [
            "podman", "--root", str(folder / "storage"), "--runroot", str(folder / "run"), "--tmpdir", str(folder / "t"),
            "--cgroup-manager=cgroupfs", "--runtime", "runc", "--log-level=fatal"]

    def __call__(self, *arguments, check=True, timeout=120):
        """Runs podman; with check an error of its own ends the tests."""
        result = subprocess.run(
            [*self._command, *arguments], env=self._environment, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and result.returncode:
            raise RuntimeError(f"podman {' '.join(arguments)}: status {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def remove_everything(self):
        for what in (("pod", "rm", "--all", "--force", "--time", "0"), ("rm", "--all", "--force", "--time", "0"),
                     ("volume", "rm", "--all", "--force")):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self(*what, check=False)
        # What was cut off in the middle may be mounted still.
        with open("/proc/self/mounts") as mounts:
            places = [line.split()[1] for line in mounts if line.split()[1].startswith(f"{self._folder}/")]
        for place in sorted(places, reverse=True):
            subprocess.run(["umount", "--lazy", place], check=False)
        shutil.rmtree(self._folder, ignore_errors=True)
