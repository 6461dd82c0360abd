"""Where the lines of the screens are cut."""

from textual.content import Content

from smstui.app import SmstuiApp


async def test_no_break_spaces_hold_words_together(app: SmstuiApp) -> None:
    text = "Envoyer maintenant à\N{NO-BREAK SPACE}12\N{NARROW NO-BREAK SPACE}430 numéros\N{NARROW NO-BREAK SPACE}?"
    for width in range(12, len(text)):
        lines = [line.plain for line in Content(text).wrap(width)]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line.strip(" ").startswith(("1", "4", "?", "\N{NARROW NO-BREAK SPACE}"))]


async def test_words_are_cut_apart_at_plain_spaces(app: SmstuiApp) -> None:
    assert [line.plain.rstrip() for line in Content("un deux trois").wrap(8)] == ["un deux", "trois"]
