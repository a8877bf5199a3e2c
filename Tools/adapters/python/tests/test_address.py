"""Where an emulator is looked for, and whether it is trusted."""

import os
import socket

import nina_link
import pytest
from nina_link.address import Address, make_private_folder, private_folder


@pytest.mark.parametrize("text, address", [
    ("unix:/run/a", Address("/run/a")),
    ("unix:a", Address("a")),
    ("unix:/a,uid=7", Address("/a", user=7)),
    ("unix:/a,uid=any", Address("/a", anyone=True)),
    ("unix:/a,b", Address("/a,b")),
    ("unix:/a,uid=7/b", Address("/a,uid=7/b")),
    ("unix:/a,uid=1,uid=2", Address("/a,uid=1", user=2)),
])
def test_transport_strings(text, address):
    assert Address.parse(text) == address
    assert str(address) == text


@pytest.mark.parametrize("text, words", [
    ("", "expected unix:PATH"),
    ("tcp:host", "expected unix:PATH"),
    ("unix:", "a path after"),
    ("unix:,uid=7", "a path after"),
    ("unix:/a,uid=", "a user's number or any"),
    ("unix:/a,uid=me", "a user's number or any"),
    ("unix:/a,uid=4294967296", "a user's number or any"),
    ("spi:/dev/spidev0.0,cs=GPIO5", "not to wires"),
])
def test_wrong_transport_strings(text, words):
    with pytest.raises(nina_link.AddressError, match=words):
        nina_link.Link(Address.parse(text))


def test_the_environment_names_the_emulator(monkeypatch, tmp_path):
    for name in ("NINA_TRANSPORT", "NINA_SOCKET", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert Address.standard() == Address(f"{tmp_path}/nina-{os.geteuid()}/nina.sock")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert Address.standard() == Address("/run/user/7/nina.sock")
    monkeypatch.setenv("NINA_SOCKET", "/s")
    assert Address.standard() == Address("/s")
    monkeypatch.setenv("NINA_TRANSPORT", "unix:/t,uid=any")
    assert Address.standard() == Address("/t", anyone=True)
    assert Address.of("/p") == Address.of(tmp_path.__class__("/p")) == Address("/p")


def test_the_private_folder_is_this_users(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert private_folder() is None
    (tmp_path / f"nina-{os.geteuid()}").mkdir(0o755)  # not closed to others: taken
    folder = make_private_folder()
    assert folder.startswith(f"{tmp_path}/nina-{os.geteuid()}-") and os.stat(folder).st_mode & 0o777 == 0o700
    assert make_private_folder() == private_folder() == folder


def test_no_emulator(tmp_path):
    with pytest.raises(nina_link.NoEmulatorError, match="no emulator at unix:.*none: start one by 'nina-emulator'"):
        nina_link.Link(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(nina_link.NoEmulatorError, match="part of the path is no folder"):
        nina_link.Link(tmp_path / "file" / "none")
    with pytest.raises(nina_link.AddressError, match="longer than the 107 bytes"):
        nina_link.Link("/" + "long/" * 30)
    dead = tmp_path / "dead"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dead))
        listener.listen()
    with pytest.raises(nina_link.NoEmulatorError) as caught:
        nina_link.Link(dead)
    assert caught.value.errno


def test_trust():
    own = os.geteuid()
    assert Address("/a").trusts(own) and Address("/a").trusts(0) and not Address("/a").trusts(own + 1)
    assert Address("/a", user=7).trusts(7) and Address("/a", user=7).trusts(0) and not Address("/a", user=7).trusts(8)
    assert Address("/a", anyone=True).trusts(8)


def test_a_stranger_gets_nothing(impostor, monkeypatch):
    own = os.geteuid()
    monkeypatch.setattr(Address, "trusts", lambda address, user: user != own)
    with pytest.raises(nina_link.NotTrustedError, match=f"user {own} listens there. Nothing was sent.*,uid={own}"):
        nina_link.Link(impostor.path, timeout=1)
    connection = impostor._listener.accept()[0]
    assert connection.recv(10) == b""
    connection.close()
