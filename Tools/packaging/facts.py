"""What the packages say of the sources: version, date, maintainer."""

import datetime
import email.utils
import os
import pathlib
import re
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parent.parent.parent
#: As Semantic Versioning says, but without a hyphen after the first: the version of Debian has a tilde there, and its own hyphen.
VERSION = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*))?"


class PackageError(Exception):
    """A sentence for the user: what was expected, and what came."""


def constant(name):
    """A constant of the tools: `toolVersion` is the one place of the version."""
    for path in sorted((SOURCES / "Tools/ToolSupport").glob("*.swift")):
        found = re.search(rf'^(?:public )?let {name} = "(.*)"$', path.read_text(), re.MULTILINE)
        if found:
            return found[1]
    raise PackageError(f"expected 'let {name} = \"...\"' in Tools/ToolSupport, and no file there has it")


def version():
    """The version, as in the names of the files."""
    text = constant("toolVersion")
    if not re.fullmatch(VERSION, text):
        raise PackageError(f"expected a version as 1.2.3 or 1.2.3-rc.1 for toolVersion, got '{text}'")
    return text


def debian_version():
    """Debian sorts 1.0.0~rc.1 before 1.0.0. What follows a hyphen is the revision of the package, which is made once."""
    return version().replace("-", "~") + "-1"


def epoch():
    """The date of everything, in seconds since 1970."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text:
        if not re.fullmatch(r"\d{1,11}", text):
            raise PackageError(f"expected seconds since 1970 in SOURCE_DATE_EPOCH, got '{text}'")
        return int(text)
    git = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=SOURCES, capture_output=True, text=True, check=False) \
        if (SOURCES / ".git").exists() else None
    if git and git.returncode == 0:
        return int(git.stdout)
    # An archive of the sources: the day that the manual has.
    day = datetime.datetime.strptime(constant("toolDate"), "%B %d, %Y")
    return int(day.replace(tzinfo=datetime.timezone.utc).timestamp())


def maintainer():
    """As Debian's own tools: two variables. By default no address of a person."""
    name = os.environ.get("DEBFULLNAME") or "The maintainers of nina"
    return f"{name} <{os.environ.get('DEBEMAIL') or 'noreply@github.com'}>"


def changelog():
    """That of the package in Debian's form, beside CHANGELOG.md."""
    return (
        f"nina ({debian_version()}) unstable; urgency=medium\n\n  * Version {version()}; changelog.gz has what is new.\n\n"
        f" -- {maintainer()}  {email.utils.formatdate(epoch())}\n")
