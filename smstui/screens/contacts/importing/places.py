"""Where the person took the last file from: the next one is likely to be there too."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from smstui.domain.actor import Actor
from smstui.i18n import N_
from smstui.screens.host import Host


class ListedType(StrEnum):
    """Which files the chooser lists: what a file is, is found out from what it holds."""

    EXCEL = "excel"
    CSV = "csv"


TYPE_WORDS: Final = {ListedType.EXCEL: N_("XLS, XLSX"), ListedType.CSV: N_("CSV")}
SUFFIXES: Final = {
    ListedType.EXCEL: frozenset({".xlsx", ".xls", ".xlsm"}),
    ListedType.CSV: frozenset({".csv", ".txt", ".tsv"}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and the type of files listed in it."""

    folder: Path | None = None
    type: ListedType = ListedType.EXCEL


_LAST: Final[WeakKeyDictionary[Host, tuple[Actor, Place]]] = WeakKeyDictionary()


def remember(host: Host, actor: Actor, place: Place) -> None:
    """Keep `place` for `actor`, until the application ends or somebody else chooses a file."""
    _LAST[host] = (actor, place)


def last_place(host: Host, actor: Actor) -> Place:
    """What was kept for `actor`."""
    who, place = _LAST.get(host, (None, Place()))
    return place if who == actor else Place()


def usual_folders() -> list[Path]:
    """The person's folders where files usually lie, the likeliest first."""
    from platformdirs import user_documents_path, user_downloads_path

    return [user_documents_path(), user_downloads_path(), Path("~").expanduser()]
