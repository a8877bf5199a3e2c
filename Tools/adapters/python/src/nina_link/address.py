"""Where the emulator is: the transport strings of the project's tools, and the connection to a socket that is trusted."""

from __future__ import annotations

import dataclasses
import errno
import os
import pathlib
import re
import secrets
import socket
import stat
import struct
import time
from typing import Optional, Union

from .errors import AddressError, LinkError, LinkTimeoutError, NoEmulatorError, NotTrustedError

START_ONE = "start one by 'nina-emulator', or run this command under 'nina run -- COMMAND', or name its socket in NINA_SOCKET"


@dataclasses.dataclass(frozen=True)
class Address:
    """A Unix socket, and who may listen there: whoever does reads the passphrases that a driver sends."""

    path: str
    #: The user whose process may listen; None: this user. Root always may.
    user: Optional[int] = None
    #: Whether any user may listen.
    anyone: bool = False

    def __str__(self) -> str:
        suffix = ",uid=any" if self.anyone else "" if self.user is None else f",uid={self.user}"
        return f"unix:{self.path}{suffix}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Reads `unix:PATH[,uid=N|any]`. A comma before anything but `uid=` at the end belongs to the path."""
        if text.startswith("spi:"):
            raise AddressError(f"transport '{text}': this package speaks to an emulator (unix:PATH), not to wires")
        if not text.startswith("unix:"):
            raise AddressError(f"transport '{text}': expected unix:PATH")
        path = text[5:]
        match = re.fullmatch(r"(.*),uid=([^/,]*)", path, re.DOTALL)
        path, user = match.groups() if match else (path, None)
        if not path:
            raise AddressError(f"transport '{text}': expected a path after 'unix:'")
        if user is None or user == "any":
            return cls(path, anyone=user == "any")
        if not re.fullmatch("[0-9]+", user) or int(user) >= 1 << 32:
            raise AddressError(f"transport '{text}': expected 'uid' to be a user's number or any")
        return cls(path, user=int(user))

    @classmethod
    def standard(cls) -> Address:
        """The transport in NINA_TRANSPORT, otherwise the socket that an emulator opens by default."""
        text = os.environ.get("NINA_TRANSPORT")
        return cls.parse(text) if text else cls(standard_socket())

    @classmethod
    def of(cls, where: Union[None, str, os.PathLike[str], Address]) -> Address:
        """The address that a caller means: a transport string, the path of a socket, or the standard one."""
        if where is None:
            return cls.standard()
        if isinstance(where, Address):
            return where
        if isinstance(where, str) and ("/" not in where or where.startswith(("unix:", "spi:"))):
            return cls.parse(where)
        return cls(os.fspath(where))

    def trusts(self, user: int) -> bool:
        """Whether this user may listen there."""
        return self.anyone or user in (0, os.geteuid() if self.user is None else self.user)

    def connect(self, timeout: float) -> socket.socket:
        """A connected socket whose listener is trusted."""
        deadline = time.monotonic() + timeout
        connection = socket.socket(socket.AF_UNIX)
        try:
            self._connect(connection, deadline)
            # struct ucred: process, user, group.
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            user = struct.unpack("iII", credentials)[1]
            if not self.trusts(user):
                raise NotTrustedError(
                    f"the socket {self} is not trusted: user {user} listens there. Nothing was sent. "
                    f"If that is intended, name the user: unix:{self.path},uid={user}", errno.EPERM)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self, connection: socket.socket, deadline: float) -> None:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise LinkTimeoutError(f"the emulator at {self} accepted no connection in time", errno.ETIMEDOUT)
            connection.settimeout(left)
            try:
                return connection.connect(self.path)
            except BlockingIOError:
                time.sleep(0.005)  # its queue of connections is full
            except OSError as error:
                raise self._failure(error) from None

    def _failure(self, error: OSError) -> LinkError:
        if error.errno is None:  # Python's own check of the length
            return AddressError(f"{self}: the path is longer than the 107 bytes that a socket's may have", errno.ENAMETOOLONG)
        if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
            return NoEmulatorError(f"no emulator at {self}: {START_ONE}", error.errno)
        hint = {
            errno.EACCES: "; the socket, or a folder of its path, belongs to another user, who has not let this one in",
            errno.ENOTDIR: "; a part of the path is no folder",
        }.get(error.errno, "")
        return NoEmulatorError(f"no emulator at {self}: {os.strerror(error.errno)}{hint}", error.errno)


def standard_socket() -> str:
    """`$NINA_SOCKET`, else `$XDG_RUNTIME_DIR/nina.sock`, else `nina.sock` in this user's private folder."""
    chosen = os.environ.get("NINA_SOCKET")
    if chosen:
        return chosen
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return runtime + "/nina.sock"
    return (private_folder() or f"{_temporary()}/nina-{os.geteuid()}") + "/nina.sock"


def private_folder() -> Optional[str]:
    """The folder `nina-UID`, or `nina-UID-XXXXXX` if another user has that name, that only this user can enter."""
    plain = pathlib.Path(_temporary(), f"nina-{os.geteuid()}")
    if _is_private(plain):
        return str(plain)
    for other in sorted(plain.parent.glob(plain.name + "-??????")):
        if _is_private(other):
            return str(other)
    return None


def make_private_folder() -> str:
    """The same; creates it if needed."""
    folder = private_folder()
    if folder:
        return folder
    path = f"{_temporary()}/nina-{os.geteuid()}"
    # The plain name may be another user's; six random characters follow it then.
    for name in [path, *(f"{path}-{secrets.token_hex(3)}" for _ in range(100))]:
        try:
            os.mkdir(name, 0o700)
            return name
        except FileExistsError:
            folder = private_folder()  # another program of this user may have been faster
            if folder:
                return folder
    raise AddressError(f"no folder {path}-XXXXXX can be made", errno.EEXIST)


def _temporary() -> str:
    return os.environ.get("TMPDIR") or "/tmp"


def _is_private(path: pathlib.Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077 and status.st_uid == os.geteuid()
