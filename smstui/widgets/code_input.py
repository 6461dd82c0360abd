"""The field of a code received by SMS."""

from smstui.widgets.line_field import LineField


class CodeInput(LineField):
    """Takes digits, and the spaces that a pasted code may hold."""

    def __init__(self, digits: int, *, id: str | None = None) -> None:  # noqa: A002
        """A code of `digits` digits."""
        super().__init__(
            id=id, restrict=r"[\d\s]*", max_length=2 * digits, placeholder="0" * digits, select_on_focus=False
        )
        self._digits = digits

    @property
    def code(self) -> str:
        """The digits."""
        return "".join(self.value.split())

    @property
    def is_complete(self) -> bool:
        """Whether every digit is there."""
        return len(self.code) == self._digits
