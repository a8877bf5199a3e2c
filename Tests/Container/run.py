"""Builds the image of Tools/container and runs it, runs the Pods of its Jobs and the GitHub action, and forwards a link by ssh.

It takes podman, runc, slirp4netns, mmdebstrap, sshd and ssh, which Tools/setup --container installs, and root's rights.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
sys.path.insert(0, str(PACKAGE / "Tests/Drivers"))
sys.path.insert(0, str(HERE))
import environments
from forward import free_port

CONTAINER = PACKAGE / "Tools/container"
BASE = PACKAGE / ".build/container/bookworm.tar"
IMAGE, TESTS = "localhost/nina:test", "localhost/driver-tests:test"
PROGRAMS = ["podman", "runc", "slirp4netns", "mmdebstrap", "sshd", "ssh", "ssh-keygen"]
PARTS = ["image", "pods", "action", "forward"]


def base():
    """Debian's smallest tree, as the slim image is one; no registry is asked."""
    if not BASE.exists():
        print("preparing Debian's base by mmdebstrap", flush=True)
        BASE.parent.mkdir(parents=True, exist_ok=True)
        part = BASE.with_name("part.tar")
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", part], check=True, timeout=900)
        part.rename(BASE)
    return BASE


def context(folder, package, sum_of):
    """A folder that the image is built of: the package, and sums that were made of another file."""
    folder.mkdir()
    if package:
        shutil.copy(package, folder)
    digest = hashlib.sha256(sum_of.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  {(package or sum_of).name}\n")
    return folder


def build_images(podman, deb, folder):
    podman("import", str(base()), "localhost/base:test", timeout=300)
    build = ("build", "--network=host", "--format", "docker")
    image = (*build, "--build-arg", "BASE=localhost/base:test", "--tag", IMAGE, "--file", str(CONTAINER / "Containerfile"))
    podman(*image, str(context(folder / "context", deb, sum_of=deb)), timeout=600)
    # In this order: a step that podman takes from its cache would not see that a package is another one.
    for name, package, expected in [("altered", deb, "FAILED"), ("empty", None, "expected one nina_VERSION_")]:
        result = podman(*image, str(context(folder / name, package, sum_of=HERE / "run.py")), check=False)
        assert result.returncode != 0 and expected in result.stdout, result.stdout + result.stderr
    podman(*build, "--build-arg", f"BASE={IMAGE}", "--tag", TESTS, str(HERE), timeout=600)
    size = int(podman("image", "inspect", "--format", "{{.Size}}", IMAGE).stdout)
    print(f"ok the image is built, {size // 1_000_000} MB; not of altered packages", flush=True)


def wait_until_healthy(podman, name):
    for _ in range(60):
        if podman("healthcheck", "run", name, check=False).returncode == 0:
            return
        time.sleep(0.5)
    raise AssertionError(f"{name} is not healthy: {podman('logs', name, check=False).stderr}")


def check_image(podman):
    """One emulator for the tests in another container: by a volume, in the same network."""
    podman("run", "--detach", "--name", "emulator", "--network=none", "--read-only", "--tmpfs", "/tmp", "--cap-drop=all",
           "--security-opt=no-new-privileges", "--volume", "link:/run/nina", IMAGE, "--address", "127.0.0.1")
    wait_until_healthy(podman, "emulator")
    print("ok healthy")
    user = podman("exec", "emulator", "id", "-u").stdout.strip()
    mode = podman("exec", "emulator", "stat", "-c", "%a %u", "/run/nina", "/run/nina/nina.sock").stdout.split()
    assert user == "65532" and mode == ["700", user, "600", user], f"user {user}, modes and owners {mode}"
    print("ok not root, the socket closed to others")
    beside = ("run", "--rm", "--network=container:emulator", "--volume", "link:/run/nina", "--env", "NINA_ADDRESS=127.0.0.1",
              "--workdir", "/tests")
    discover = ("python3", "-m", "unittest", "discover")
    podman(*beside, TESTS, *discover)
    print("ok tests in another container")
    stranger = podman(*beside, "--user", "1234", TESTS, *discover, check=False)
    assert stranger.returncode != 0, "another user reaches the socket"
    print("ok another user is refused")
    podman("stop", "--time", "20", "emulator")
    status = podman("inspect", "--format", "{{.State.ExitCode}}", "emulator").stdout.strip()
    assert status == "0", f"expected status 0 after SIGTERM, got {status}"
    print("ok it ends by SIGTERM with status 0")
    podman("start", "emulator")
    podman("kill", "--signal", "STOP", "emulator")
    result = podman("exec", "emulator", "timeout", "5", "nina", "info", check=False)
    assert result.returncode != 0, "an emulator that stands still is healthy"
    print("ok one that stands still is not healthy")
    podman("kill", "--signal", "KILL", "emulator")


def check_ports(podman, folder):
    """The README's recipe of --address: servers at published ports, for tests outside."""
    link = folder / "link"
    link.mkdir(mode=0o700)
    port = free_port()
    podman("run", "--detach", "--name", "published", "--user", f"{os.getuid()}:{os.getgid()}", "--volume", f"{link}:/run/nina",
           "--network=slirp4netns:port_handler=slirp4netns", "--publish", f"127.0.0.1:{port}:8080", IMAGE,
           "--address", "0.0.0.0", "--report-address", "127.0.0.1", "--port-map", "80=8080")
    wait_until_healthy(podman, "published")
    environment = dict(
        os.environ, NINA_SOCKET=str(link / "nina.sock"), NINA_ADDRESS="127.0.0.1", NINA_PORT=str(port),
        PYTHONPATH=str(PACKAGE / "Tools/adapters/python/src"), PYTHONDONTWRITEBYTECODE="1")
    result = subprocess.run(
        [sys.executable, "-m", "unittest", "discover", "-s", HERE / "tests"], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    print("ok a server at a published port, for tests outside")


def check_pods(podman, folder):
    from pod import Pod
    images = {"registry.example/driver-tests:1": TESTS}
    for path in (CONTAINER / "kubernetes").glob("*.yaml"):
        images.update((name, IMAGE) for name in re.findall(r"image: (registry\.example/nina:\S+)", path.read_text()))

    def run(manifest, **options):
        with Pod(podman, CONTAINER / "kubernetes" / manifest, images, folder, **options) as pod:
            return pod.run()

    status, output = run("job.yaml")
    assert status == 0 and "Ran 2 tests" in output, output
    print("ok the Job's Pod: tests reach the emulator in the other container", flush=True)
    status, output = run("job.yaml", EXPECTED_FIRMWARE="another")
    assert status != 0 and "FAILED (failures=1)" in output, output
    print("ok a test that fails fails the Pod", flush=True)
    # All at the same time, as on a cluster.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        shards = list(pool.map(lambda index: run("sharded-job.yaml", index=index), range(4)))
    assert not any(status for status, _ in shards), shards
    ran = sorted(re.findall(r"^(test_\w+) \((\w+)\.", "\n".join(output for _, output in shards), re.MULTILINE))
    expected = sorted(
        (name, path.stem) for path in (HERE / "tests").glob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text()))
    assert ran == expected, f"expected each test in one shard: {expected}, got {ran}"
    print("ok four shards with an emulator each run every test once", flush=True)


def sysctls():
    """Those of the manifests, which podman's Pods do not take."""
    import yaml
    found = {}
    for path in (CONTAINER / "kubernetes").glob("*.yaml"):
        for entry in yaml.safe_load(path.read_text())["spec"]["template"]["spec"]["securityContext"]["sysctls"]:
            found[entry["name"]] = entry["value"]
    return found


def find_deb(given, folder):
    if given:
        return pathlib.Path(given).resolve()
    subprocess.run(["Tools/package", "--output", folder / "packages"], cwd=PACKAGE, check=True)
    return next((folder / "packages").glob("nina_*.deb"))


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__.partition("\n")[0])
    parser.add_argument("--deb", help="nina_VERSION_ARCH.deb; by default Tools/package makes it")
    parser.add_argument("--only", choices=PARTS, help="one part")
    arguments = parser.parse_args()
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if arguments.deb and not (os.path.isfile(arguments.deb) and re.search(r"/nina_[^_/]+_\w+\.deb$", os.path.abspath(arguments.deb))):
        parser.error(f"--deb: expected a file nina_VERSION_ARCH.deb, got {arguments.deb}")
    missing = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if missing:
        parser.error(f"please install {', '.join(missing)}: Tools/setup --container")
    if os.geteuid() != 0:
        parser.error("containers are run as root here")
    os.environ["PATH"] = path
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from podman import Podman
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nina-container-", dir="/tmp"))
    podman = None
    parts = [arguments.only] if arguments.only else PARTS
    try:
        deb = find_deb(arguments.deb, folder)
        if parts != ["forward"]:
            # Short: slirp4netns has a socket in it.
            (folder / "c").mkdir()
            podman = Podman(folder / "c", sysctls())
            build_images(podman, deb, folder)
        if "image" in parts:
            check_image(podman)
            check_ports(podman, folder)
        if "pods" in parts:
            check_pods(podman, folder)
        if "action" in parts:
            import action
            (folder / "action").mkdir()
            action.check(podman, deb, folder / "action")
        if "forward" in parts:
            import forward
            subprocess.run(["dpkg-deb", "-x", deb, folder / "package"], check=True)
            (folder / "ssh").mkdir(mode=0o700)
            forward.check(folder / "package", folder / "ssh")
    finally:
        if podman:
            podman.remove_everything()
        shutil.rmtree(folder, ignore_errors=True)
    print("all container checks passed")
    return 0


if __name__ == "__main__":
    python = environments.python_with(str(PACKAGE / "Tests/Delivery/requirements.txt"))
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        os.execv(python, [python, "-B", *sys.argv])
    sys.exit(main())
