"""The plug-in in pytest runs of its own, and emulator processes."""

import os
import pathlib
import signal
import subprocess
import sys

import nina_link
import pytest

SOURCE = pathlib.Path(__file__).parents[1] / "src"
PLUGIN = ("-p", "nina_link.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def run(pytester, text, *arguments):
    pytester.makepyfile(text)
    return pytester.runpytest_subprocess(*PLUGIN, *arguments, timeout=60)


def test_a_failure_shows_the_log(pytester):
    result = run(pytester, """
        import pytest

        @pytest.fixture
        def link(nina):
            return nina.board().link

        def test_that_fails(link):
            link.exchange(bytes.fromhex("E03700EE"))
            assert False, "on purpose"

        def test_that_passes(link):
            pass

        def test_without_an_emulator(nina):
            assert False
        """)
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["*on purpose*", "*nina-emulator -*", "*GET_FW_VERSION*"])
    assert result.stdout.str().count(" nina-emulator -") == 1


def test_options_of_markers_and_of_the_fixture(pytester):
    result = run(pytester, """
        import pytest

        pytestmark = pytest.mark.nina("--firmware", "adafruit-3.3.0")

        @pytest.mark.nina("--address", "127.3.2.1")
        def test_options(nina):
            nina.options("--max-sockets", "3")
            assert nina.address == "127.3.2.1"
            assert nina.transport == "unix:" + nina.environment["NINA_SOCKET"] == nina.environment["NINA_TRANSPORT"]
            with pytest.raises(RuntimeError, match="too late"):
                nina.options("--once")
            assert b"3.3.0" in nina.board().link.exchange(bytes.fromhex("E03700EE"))

        @pytest.mark.nina("--max-sockets", "none")
        def test_wrong_option(nina):
            nina.board()
        """, "--strict-markers")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*EmulatorError: the emulator did not start, status 2*"])


def test_the_address_is_that_of_the_next_board(tmp_path):
    with nina_link.Emulator("--keep-address", folder=tmp_path) as emulator:  # an option that it has anyway
        address = emulator.address
        assert "coprocessor" not in emulator.log
        for _ in range(3):
            emulator.board().close()
        assert emulator.log.count(f", {address}: powered on") == 3
        assert emulator.board() and emulator.board() and emulator.log.count(f", {address}: powered on") == 4
    with pytest.raises(nina_link.EmulatorError, match="expected 'nina-emulator address', got b'nina-emulator [0-9]"):
        nina_link.Emulator("--version")


def test_a_test_fails_whose_driver_breaks_the_link_or_whose_emulator_ends(pytester):
    result = run(pytester, """
        import os, signal

        def test_violation(nina):
            link = nina.board().link
            for _ in range(2):
                link._stream.send(2, bytes.fromhex("E02700EE"))  # the second one while the chip is busy

        def test_crash(nina):
            nina.board()
            os.kill(nina.emulator.pid, signal.SIGKILL)

        def test_killed_on_purpose(nina):
            nina.kill()
        """)
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*broke a rule of the link*", "*the emulator ended with status -9*"])


def test_a_missing_emulator_is_an_error_not_a_skip(pytester, monkeypatch):
    text = "def test_any(nina):\n    nina.board()\n"
    monkeypatch.setenv("NINA_EMULATOR", "/none")
    result = run(pytester, text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*EmulatorError: NINA_EMULATOR names /none, which is no program*"])
    monkeypatch.delenv("NINA_EMULATOR")
    monkeypatch.setenv("PATH", "/none")
    result = run(pytester, text)
    result.stdout.fnmatch_lines(["*no nina-emulator in PATH: install the package nina, or set NINA_EMULATOR*"])
    monkeypatch.setenv("NINA_EMULATOR", "/bin/true")
    result = run(pytester, text)
    result.stdout.fnmatch_lines(["*EmulatorError: the emulator did not start, status 0*"])


def is_alive(pid):
    """Whether the process runs. One that has ended counts as gone, also if its new parent has not asked for it yet."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_nothing_is_left_when_pytest_is_killed(pytester):
    path = pytester.makepyfile("""
        import time

        def test_long(nina):
            nina.board()
            print(nina.emulator.pid, nina.emulator.socket, flush=True)
            time.sleep(1000)
        """)
    process = subprocess.Popen([sys.executable, "-m", "pytest", "-qs", *PLUGIN, str(path)], stdout=subprocess.PIPE, text=True)
    pid, socket = process.stdout.readline().split()
    assert is_alive(pid)
    process.kill()
    process.communicate()
    for _ in range(1000):
        if not is_alive(pid):
            break
        signal.sigtimedwait([], 0.01)
    assert not is_alive(pid) and not os.path.exists(socket)


def test_an_emulator_without_pytest(tmp_path):
    with nina_link.Emulator("--firmware", "arduino-1.4.8") as emulator:
        pid = emulator.pid
        assert b"1.4.8" in emulator.board().link.exchange(bytes.fromhex("E03700EE"))
    assert not is_alive(pid) and not os.path.exists(emulator.socket) and emulator.stop() == 0
    assert "GET_FW_VERSION" in emulator.log
    # A folder whose path is too long for a socket: it is in this user's private folder then.
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    with nina_link.Emulator(folder=deep) as emulator:
        emulator.board().close()
        assert os.path.exists(emulator.socket) and not emulator.socket.startswith(str(deep))
    assert not os.path.exists(emulator.socket) and os.listdir(deep) == ["nina-emulator.log"]
    with pytest.raises(nina_link.EmulatorError, match="cannot be started"):
        nina_link.Emulator(program=str(tmp_path))
