"""A text with merge fields: "{" opens the list of the fields that there are, Tab or Enter takes one."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from smstui.domain.merge import MergeText, completions, label
from smstui.domain.visible import printable
from smstui.i18n import _
from smstui.widgets.text_field import TextField
from smstui.widgets.typed_ahead import Completing
from smstui.widgets.words import Words

SHOWN = 10
"""Fields offered at a time."""


class MergeArea(TextField, Completing):
    """The text itself. What it offers follows from the text before its cursor, whenever that is looked at."""

    class Offered(Message):
        """Other fields are offered, or another one is pointed at."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(text, id=id, highlight_cursor_line=False)
        self.free_fields: Sequence[str] = ()
        """Those of the account."""
        self._refused: tuple[int, int] | None = None
        """Where the brace stands whose offers were turned down."""
        self._pointed = ""

    @property
    def offers(self) -> tuple[str, ...]:
        """What the field that is begun at the cursor may become; none where none is begun."""
        if not self.has_focus or not self.selection.is_empty:
            return ()
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        offers = completions(before, self.free_fields)
        return () if (row, before.rfind("{")) == self._refused else offers

    @property
    def pointed(self) -> int:
        """Which of the offers Tab or Enter takes."""
        offers = self.offers
        return offers.index(self._pointed) if self._pointed in offers else 0

    def complete(self) -> bool:
        """Tab takes the field that is pointed at."""
        offers = self.offers
        if not offers:
            return False
        row, column = self.cursor_location
        line = self.document.get_line(row)
        begins = line.rindex("{", 0, column)
        ends = column + line.startswith("}", column)
        self.replace(offers[self.pointed], (row, begins), (row, ends))
        return True

    async def _on_key(self, event: events.Key) -> None:
        """While fields are offered, the arrows point at one, Enter takes it, Esc turns them down."""
        if not (offers := self.offers):
            return
        match event.key:
            case "enter":
                self.complete()
            case "up" | "down":
                self._pointed = offers[(self.pointed + (1 if event.key == "down" else -1)) % len(offers)]
            case "escape":
                row, column = self.cursor_location
                self._refused = row, self.document.get_line(row).rindex("{", 0, column)
            case _:
                return
        self.post_message(self.Offered())
        event.stop()
        event.prevent_default()

    def on_blur(self) -> None:
        """Nothing is offered to who is elsewhere."""
        self.post_message(self.Offered())

    def on_focus(self) -> None:
        """What is begun at the cursor is offered again."""
        self.post_message(self.Offered())


class MergeEditor(Vertical):
    """The text, and in front of what follows it the fields that are offered."""

    DEFAULT_CSS = """
    MergeEditor { height: auto; }
    MergeEditor > TextArea {
        height: auto; min-height: 5; max-height: 12; border: round $secondary 60%; padding: 0;
        border-title-color: $text-muted;
    }
    MergeEditor > TextArea:focus { border: round $accent; border-title-color: $text; }
    MergeEditor > Static {
        overlay: screen; constrain: inside inside; width: auto; height: auto; max-width: 52; padding: 0 1;
        display: none; background: $panel; border-left: wide $accent;
    }
    MergeEditor > Static.-shown { display: block; }
    """

    def __init__(self, text: str, title: str, *, id: str | None = None) -> None:  # noqa: A002
        """`id`: that of the text area."""
        super().__init__()
        self.area = MergeArea(text, id=id)
        self.area.border_title = title

    def compose(self) -> ComposeResult:
        """The text, then the offers."""
        yield self.area
        yield Words("")

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    @on(MergeArea.Offered)
    def _show(self) -> None:
        """Show the offers: they follow from the text and from where the cursor stands."""
        offers, pointed = self.area.offers, self.area.pointed
        list_ = self.query_one(Words)
        list_.set_class(bool(offers), "-shown")
        if not offers:
            return
        first = max(0, pointed - SHOWN + 1)
        width = max(map(len, offers))
        lines = [
            Content.styled(
                f"{printable(offer):<{width}}  {_label(offer, self.area.free_fields)}",
                "bold reverse" if index == pointed else "",
            )
            for index, offer in enumerate(offers)
        ][first : first + SHOWN]
        example = offers[pointed].removesuffix("}") + "|" + _("customer") + "}"
        hint = _("Tab · {example} if unknown").format(example=example)
        list_.update(Content("\n").join([*lines, Content.styled(hint, "$text-muted")]))
        cursor, region = self.area.cursor_screen_offset, self.region
        list_.styles.offset = (cursor.x - region.x - 1, cursor.y - region.bottom + 1)


def _label(offer: str, free_fields: Sequence[str]) -> str:
    fields = MergeText.parse(offer, free_fields).fields
    return printable(_(label(fields[0]))) if fields else ""
