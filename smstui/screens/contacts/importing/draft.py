"""What a person has decided so far about the file that is being imported."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from smstui.services.groups import Group
from smstui.services.importing.mapping import Target
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ContactFile, ImportPlan, Look


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that was looked at, and the choices made for it."""

    file: ContactFile
    folder: Path | None
    """Where the file lies; None when it came from a browser."""
    look: Look
    skip_header: bool
    mapping: tuple[Target | None, ...]
    options: ReadingOptions = field(default_factory=ReadingOptions)
    mapped_by_hand: bool = False
    groups: tuple[Group, ...] = ()
    certified: bool = False

    @classmethod
    def of(cls, file: ContactFile, folder: Path | None, look: Look) -> "Draft":
        """Nothing decided: what the file itself suggests."""
        return cls(file, folder, look, look.has_header, _guessed(look))

    @property
    def rows(self) -> int:
        """How many rows are to be imported."""
        return self.look.rows - self.skip_header

    @property
    def headers(self) -> Sequence[str]:
        """What stands above each column, "" when nothing does; foreign text."""
        return self.look.first_rows[0] if self.skip_header else [""] * len(self.look.columns)

    @property
    def decided(self) -> bool:
        """Whether something was chosen by hand."""
        untouched = replace(Draft.of(self.file, self.folder, self.look), mapping=self.mapping)
        return self != untouched

    def looked_again(self, options: ReadingOptions, look: Look) -> "Draft":
        """The same read with other `options`; a mapping made by hand stays while there are as many columns."""
        keep = self.mapped_by_hand and len(look.columns) == len(self.mapping)
        tick_moved = self.skip_header is not self.look.has_header
        return replace(
            self,
            options=options,
            look=look,
            skip_header=self.skip_header if tick_moved else look.has_header,
            mapping=self.mapping if keep else _guessed(look),
            mapped_by_hand=keep,
        )

    def give(self, column: int, target: Target | None) -> "Draft":
        """Let `column` be `target`, and no other column."""
        others = [None if each == target else each for each in self.mapping]
        others[column] = target
        return replace(self, mapping=tuple(others), mapped_by_hand=True)

    def plan(self, certified_text: str) -> ImportPlan:
        """What is to be done; `certified_text`: the words certified, if they were."""
        return ImportPlan(
            options=self.options,
            mapping=self.mapping,
            skip_header=self.skip_header,
            certified_text=certified_text if self.certified else "",
            group_ids=tuple(group.id for group in self.groups),
        )


def _guessed(look: Look) -> tuple[Target | None, ...]:
    return tuple(column.guess for column in look.columns)
