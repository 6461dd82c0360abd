"""The line at the top: whose account, the state of the SMSC connection, the balance."""

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """What the line says. Signs go with words: no state is told by colour alone."""

    login: str
    sign: str = ""
    connection: str = ""
    bound: bool = False
    balance: str = ""
    warning: str = ""
    """What is wrong with the balance, with its sign."""


class HeaderBar(Static):
    """The program's name and the account at the left, the connection and the balance at the right."""

    line: reactive[HeaderLine] = reactive(HeaderLine(""), layout=False)

    def render(self) -> Content:
        """Both ends of the line; the left one is cut when they meet."""
        line = self.line
        right = Content.assemble(
            (f"{line.sign} {line.connection}", "$text-success" if line.bound else "$text-warning"),
            ("   " if line.balance else ""),
            (f"{line.warning}  " if line.warning else "", "bold $text-warning"),
            (line.balance, "bold"),
        )
        room = max(0, self.size.width - right.cell_length - 2)
        left = Content.assemble(("smstui", "bold $accent"), "  ", Content(line.login)).truncate(room, ellipsis=True)
        return Content.assemble(left, " " * (self.size.width - left.cell_length - right.cell_length), right)
