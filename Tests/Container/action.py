"""The GitHub action in Debian's base: no Swift, no curl, no lists of packages; then a step that runs a driver's tests."""

import hashlib
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
sys.path.insert(0, str(PACKAGE / "Tests/Delivery"))
import release_server

STEPS = """set -e
export GITHUB_OUTPUT=/tmp/output GITHUB_PATH=/tmp/path GITHUB_REPOSITORY=someone/driver CURL_CA_BUNDLE=/runner/certificate.pem
"$GITHUB_ACTION_PATH/install"
cat /tmp/path /tmp/output
PATH="$PATH:$(cat /tmp/path)" nina run --timeout 60 -- nina info
"""


def check(podman, deb, folder):
    version, architecture = deb.stem.split("_")[1:]
    release = folder / f"server/owner/nina/releases/download/{version}"
    release.mkdir(parents=True)
    shutil.copy(deb, release)
    (release / "SHA256SUMS").write_text(f"{hashlib.sha256(deb.read_bytes()).hexdigest()}  {deb.name}\n")
    runner = folder / "runner"
    source = runner / "_actions/owner/nina/main"
    shutil.copytree(PACKAGE / ".github/actions/nina", source / ".github/actions/nina")
    (source / "Tools/ToolSupport").mkdir(parents=True)
    shutil.copy(PACKAGE / "Tools/ToolSupport/Arguments.swift", source / "Tools/ToolSupport")
    with release_server.serve(folder / "server", runner) as (address, _):
        result = podman(
            "run", "--rm", "--network=host", "--volume", f"{runner}:/runner:ro", "--env", f"GITHUB_SERVER_URL={address}", "--env",
            f"NINA_VERSION={version}", "--env", "GITHUB_ACTION_PATH=/runner/_actions/owner/nina/main/.github/actions/nina",
            "localhost/base:test", "bash", "-c", STEPS, timeout=400)
    for expected in (f"nina {version}, in /usr/bin", "path=/usr/bin\n", "firmware   "):
        assert expected in result.stdout, result.stdout + result.stderr
    print("ok the action installs a release in a container without Swift, and its next step has an emulator")
