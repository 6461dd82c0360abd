"""A file that is there when it is whole, and never before: written beside its place, then moved there."""

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from smstui.services.exporting.refusals import FileThere, explained


class NewFile:
    """A file to be. Nobody but its owner may read it, unless it replaces one that others may read.

    All methods wait for the disk: call them in a thread.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        """`path`: its place, which may begin with ~. A file that is there is replaced only with `overwrite`."""
        self._wanted = path
        self._path = path
        self._overwrite = overwrite
        self._stream: BinaryIO | None = None
        self._unfinished: Path | None = None

    def open(self) -> BinaryIO:
        """Where to write it. Raises NoFolder, FileThere, NoRoomForFile, FileNotWritable."""
        with explained(self._wanted):
            with suppress(RuntimeError):  # no home: then ~ is a name like others
                self._wanted = self._wanted.expanduser()
            self._path = Path(os.path.realpath(self._wanted))
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if self._path.exists() and not self._overwrite:
                raise FileThere(str(self._wanted))
            descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=".smstui-", suffix=".part")
            self._unfinished = Path(name)
            self._stream = os.fdopen(descriptor, "wb")
            return self._stream

    def finish(self) -> None:
        """Move it to its place, all of it on the disk. Raises the refusals of `open`."""
        assert self._stream is not None
        assert self._unfinished is not None
        with explained(self._wanted):
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            if self._overwrite:
                with suppress(FileNotFoundError):
                    shutil.copymode(self._path, self._unfinished)
                self._unfinished.replace(self._path)
            else:
                _move_to_free_place(self._unfinished, self._path)
            self._unfinished = None

    def discard(self) -> None:
        """Leave nothing, unless it is finished."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
        if self._unfinished is not None:
            with suppress(OSError):
                self._unfinished.unlink()


def write_file(path: Path, octets: bytes, *, overwrite: bool) -> None:
    """A file of `octets`. Raises NoFolder, FileThere, NoRoomForFile, FileNotWritable."""
    file = NewFile(path, overwrite=overwrite)
    try:
        with explained(path):
            file.open().write(octets)
        file.finish()
    finally:
        file.discard()


def _move_to_free_place(unfinished: Path, path: Path) -> None:
    """Raises FileExistsError."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: the place may be taken between the look and the move
        if path.exists():
            raise FileExistsError from None
        unfinished.replace(path)
    else:
        unfinished.unlink()
