"""The link's socket on another machine, through ssh; here both ends are this machine, with an sshd of its own."""

import contextlib
import getpass
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: {what}")
        time.sleep(0.05)


def answers(path):
    """Whether something accepts connections at a Unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        return client.connect_ex(str(path)) == 0


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def ssh_server(folder):
    """Yields the words of an ssh that reaches it."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port = free_port()
    settings = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": folder / "host", "PidFile": "none",
        "AuthorizedKeysFile": folder / "user.pub", "UsePAM": "no", "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no", "PermitRootLogin": "prohibit-password",
        # The folder is in one for temporary files, which others may write.
        "StrictModes": "no", "AllowStreamLocalForwarding": "yes", "AllowTcpForwarding": "yes"}
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    # The folder that Debian's service makes; empty, for the part of sshd without privileges.
    made = os.geteuid() == 0 and not os.path.isdir("/run/sshd")
    if made:
        os.mkdir("/run/sshd", 0o755)
    try:
        program = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
        with running(program, "-D", "-e", "-f", folder / "sshd_config", stderr=open(folder / "sshd.log", "w")):
            def is_up():
                with socket.socket() as client:
                    return client.connect_ex(("127.0.0.1", port)) == 0
            wait_until(is_up, "sshd does not listen")
            yield ["ssh", "-F", "none", "-p", port, "-i", folder / "user", "-o", f"UserKnownHostsFile={folder}/known_hosts",
                   "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"]
    finally:
        if made:
            os.rmdir("/run/sshd")


def check(package, folder):
    """- package: the folder with the unpacked programs and nina-link."""
    nina, emulator = package / "usr/bin/nina", package / "usr/bin/nina-emulator"
    there, here = folder / "there", folder / "here"
    for place in (there, here):
        place.mkdir(mode=0o700)
    remote, local = there / "nina.sock", here / "nina.sock"
    web, mapped = free_port(), free_port()
    environment = dict(
        os.environ, NINA_SOCKET=str(local), NINA_TRANSPORT=f"unix:{local}", NINA_ADDRESS="127.0.0.1", NINA_PORT=str(web),
        PYTHONPATH=str(package / "usr/lib/python3/dist-packages"), PYTHONDONTWRITEBYTECODE="1")

    def info():
        return subprocess.run([nina, "info"], env=environment, capture_output=True, text=True, timeout=60)

    with contextlib.ExitStack() as stack:
        ssh = stack.enter_context(ssh_server(folder))
        log = stack.enter_context(open(folder / "ssh.log", "w"))  # what it cannot reach, which the checks below expect
        # The words of the README.
        forward = [
            *ssh, "-N", "-o", "ExitOnForwardFailure=yes", "-o", "StreamLocalBindUnlink=yes", "-o", "StreamLocalBindMask=0177",
            "-o", "ServerAliveInterval=15", "-L", f"{local}:{remote}", "-L", f"{web}:127.0.0.1:{mapped}", f"{getpass.getuser()}@127.0.0.1"]
        device_options = ["--address", "127.0.0.1", "--port-map", f"80={mapped}"]
        with running(emulator, "--socket", remote, *device_options, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as device:
            wait_until(lambda: remote.exists() and answers(remote), "the emulator is not ready")
            with running(*forward, stderr=log) as tunnel:
                wait_until(lambda: local.exists() and answers(local), "ssh does not listen")
                mode = stat.S_IMODE(local.stat().st_mode)
                assert mode == 0o600, f"expected the mode 0600 of the forwarded socket, got {mode:o}"
                print("ok the forwarded socket is closed to other users")
                result = info()
                assert result.returncode == 0 and "firmware" in result.stdout, result.stdout + result.stderr
                print("ok nina info through ssh")
                tests = subprocess.run(
                    [sys.executable, "-m", "unittest", "discover", "-s", HERE / "tests"],
                    env=environment, capture_output=True, text=True, timeout=60)
                assert tests.returncode == 0, tests.stderr
                print("ok the tests of a driver, and a server of the module, through ssh")
                tunnel.kill()
                tunnel.wait()
            assert local.exists() and info().returncode != 0
            print("ok an ended ssh is noticed")
            with running(*forward, stderr=log):
                wait_until(lambda: answers(local) and info().returncode == 0, "a second ssh does not take the socket that one left")
                print("ok a second ssh takes the socket that a killed one has left")
                device.kill()
                device.wait()
                result = info()
                assert result.returncode != 0, result.stdout
                print("ok an ended emulator is noticed")
