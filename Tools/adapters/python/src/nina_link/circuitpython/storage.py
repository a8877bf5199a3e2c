"""storage of CircuitPython. The files are this machine's, and stay as writable as they are."""

from __future__ import annotations


def remount(mount_path: str, readonly: bool = False, *, disable_concurrent_write_protection: bool = False) -> None:
    """Has no effect."""


def mount(filesystem: object, mount_path: str, *, readonly: bool = False) -> None:
    """Has no effect."""


def umount(mount: object) -> None:
    """Has no effect."""


def disable_usb_drive() -> None:
    """Has no effect."""


def enable_usb_drive() -> None:
    """Has no effect."""
