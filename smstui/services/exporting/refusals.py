"""Why a file can't be written."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from smstui.domain.errors import Refusal
from smstui.i18n import N_

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(eq=False)
class UnknownTableKind(Refusal):
    """The end of the name says nothing, or something else than a table."""

    name: str
    kinds: tuple[str, ...]
    sentence: ClassVar[str] = N_("What should {name} be? End the name of the file with one of {kinds}.")


@dataclass(eq=False)
class FileThere(Refusal):
    """A file of that name, which nobody said to replace."""

    path: str
    sentence: ClassVar[str] = N_("There is a file {path} already: choose another name, or say that it be replaced.")


@dataclass(eq=False)
class NoFolder(Refusal):
    """No folder to write into."""

    path: str
    sentence: ClassVar[str] = N_("There is no folder {path}: create it, or choose another one.")


@dataclass(eq=False)
class FileNotWritable(Refusal):
    """Not allowed, or not a file."""

    path: str
    reason: str
    """The operating system's own words."""
    sentence: ClassVar[str] = N_("The file {path} can't be written: {reason}.")


@dataclass(eq=False)
class NoRoomForFile(Refusal):
    """The disk is full."""

    path: str
    sentence: ClassVar[str] = N_("There is no room left for {path}: free some space, or choose another folder.")


@dataclass(eq=False)
class TooBigForWorkbook(Refusal):
    """More rows or octets than an Excel file can hold."""

    sentence: ClassVar[str] = N_("This is more than an Excel file can hold: export it as CSV.")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What goes wrong with the file at `path`, as a refusal: NoFolder, FileThere, NoRoomForFile, FileNotWritable."""
    try:
        yield
    except FileExistsError:
        raise FileThere(str(path)) from None
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not path.parent.is_dir():
            raise NoFolder(str(path.parent)) from None
        if error.errno in _FULL:
            raise NoRoomForFile(str(path)) from None
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise FileNotWritable(str(path), reason) from None
    except ValueError as error:  # a NUL character in the path
        raise FileNotWritable(str(path), str(error)) from None
