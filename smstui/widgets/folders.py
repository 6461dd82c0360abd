"""What a folder of the disk holds, as far as a person may choose from it. Called in a thread: disks make wait."""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import ClassVar, Final

from smstui import formats
from smstui.domain.errors import Refusal
from smstui.domain.folding import folded
from smstui.domain.visible import printable
from smstui.i18n import N_, _

_KILO = 1024


@dataclass(eq=False)
class NoSuchFolder(Refusal):
    """Nothing there, or a file."""

    sentence: ClassVar[str] = N_("There is no such folder.")


@dataclass(eq=False)
class ForbiddenFolder(Refusal):
    """Not ours to read."""

    sentence: ClassVar[str] = N_("You may not open this folder.")


@dataclass(eq=False)
class UnreadableFolder(Refusal):
    """The disk says no."""

    reason: str
    sentence: ClassVar[str] = N_("This folder can't be read: {reason}.")


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A file or a folder in a folder."""

    name: str
    """Foreign text."""
    shown: str
    """The name, made printable; that of a folder ends in "/"."""
    key: str
    """What a search is compared with."""
    is_folder: bool
    size: int
    """Octets."""
    modified: datetime | None


def read_folder(folder: Path) -> tuple[FolderEntry, ...]:
    """What `folder` holds, folders first, by name; hidden and broken entries left out.

    Raises NoSuchFolder, ForbiddenFolder, UnreadableFolder.
    """
    try:
        with os.scandir(folder) as entries:
            found = [known for entry in entries if (known := _entry(entry)) is not None]
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NoSuchFolder from None
    except PermissionError:
        raise ForbiddenFolder from None
    except OSError as error:
        raise UnreadableFolder(error.strerror or str(error)) from None
    found.sort(key=attrgetter("key"))
    return tuple(sorted(found, key=lambda entry: not entry.is_folder))


def _entry(entry: "os.DirEntry[str]") -> FolderEntry | None:
    """None for what can't be chosen: neither a file nor a folder, hidden, or gone."""
    if entry.name.startswith("."):
        return None
    try:
        status = entry.stat()
    except OSError:
        return None
    is_folder = stat.S_ISDIR(status.st_mode)
    if not is_folder and not stat.S_ISREG(status.st_mode):
        return None
    shown = printable(entry.name)
    return FolderEntry(
        entry.name,
        f"{shown}/" if is_folder else shown,
        folded(shown),
        is_folder,
        status.st_size,
        _date(status.st_mtime),
    )


def _date(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds).astimezone()
    except (OverflowError, ValueError, OSError):
        return None


def first_folder(candidates: Sequence[Path]) -> Path:
    """The first of `candidates` that is a folder; the root of the disk when none is."""
    for each in candidates:
        try:
            if each.is_dir():
                return each
        except OSError:
            continue
    return Path("/")


_BEFORE_ANOTHER: Final = re.compile(r".*/(?=/|~/)", re.DOTALL)


def shown_path(path: Path) -> str:
    """`path` made printable, from "~" on when it lies in the person's own folder."""
    home = Path("~").expanduser()
    inside = home != Path("/") and path.is_relative_to(home)
    return printable(str(Path("~", path.relative_to(home)) if inside else path))


def written_path(text: str, folder: Path) -> Path:
    """The path that a person wrote, who stands in `folder`; what is before the last // or /~/ doesn't count."""
    text = _BEFORE_ANOTHER.sub("", text)
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # of nobody's home
        return folder / text


def completion(fragment: str, found: Sequence[FolderEntry]) -> str:
    """What `fragment`, by which these entries were found, can only go on to be; itself when that is open."""
    begun = [entry.shown for entry in found if entry.key.startswith(folded(fragment))]
    if not begun and len(found) == 1:
        return found[0].shown
    common = os.path.commonprefix(begun)  # noqa: RUF071 (character by character, as one types)
    return common if len(common) >= len(fragment) else fragment


def size_text(octets: int) -> str:
    """A size of `octets` as people read it: "640 B", "12 KB", "1.4 MB"; in French "640 o", "12 Ko", "1,4 Mo"."""
    if octets < _KILO:
        text = _("{size} B").format(size=formats.number(octets))
    elif octets < _KILO * _KILO:
        text = _("{size} KB").format(size=formats.number(-(-octets // _KILO)))
    else:
        text = _("{size} MB").format(size=formats.number(round(octets / _KILO / _KILO, 1)))
    return text.replace(" ", formats.NARROW_NO_BREAK_SPACE)
