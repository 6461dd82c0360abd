"""What the tests of the composer share: the way through its steps, by keyboard."""

from textual.widgets import TextArea

from smstui.screens.messaging.send import SendPage
from smstui.widgets.labelled import Labelled
from smstui.widgets.recipients_area import RecipientsArea
from tests.screens.road import Road
from tests.screens.stage import Stage

NOTES = {
    "en": ("1/4 Text", "2/4 Recipients", "3/4 Date and time", "4/4 Confirmation"),
    "fr": ("1/4 Texte", "2/4 Destinataires", "3/4 Date et heure", "4/4 Confirmation"),
}


async def compose(stage: Stage) -> SendPage:
    """The composer, once it knows what can be sent with."""
    await stage.go_to("send")
    page = stage.shell.page
    assert isinstance(page, SendPage)
    await stage.until(lambda: page.means is not None and "STOP 36034" in stage.text())
    return page


def composer(stage: Stage) -> SendPage:
    """The composer that is shown."""
    page = stage.shell.page
    assert isinstance(page, SendPage)
    return page


def error(stage: Stage, field: str) -> str:
    """What stands beside a field."""
    return stage.app.screen.query_one(f"#{field}-row", Labelled).error


async def write(road: Road, name: str = "Black Friday", text: str = "Bonjour") -> None:
    """Name the campaign and paste its text."""
    await road.stage.type(name)
    await road.stage.press("enter")
    road.paste(text)
    await road.stage.until(lambda: road.stage.app.screen.query_one("#text", TextArea).text == text)


async def go_on(stage: Stage) -> None:
    """Go to the next step."""
    page = composer(stage)
    note = page.note
    await stage.press("ctrl+s")
    await stage.until(lambda: page.note != note)


async def to_numbers(stage: Stage) -> RecipientsArea:
    """From the text to the field of the numbers."""
    await go_on(stage)
    area = stage.app.screen.query_one(RecipientsArea)
    for _press in range(5):
        if stage.focused is not None and stage.focused.id == "numbers":
            break
        await stage.press("tab")
    assert stage.focused is area.query_one("#numbers")
    return area


async def add_numbers(road: Road, numbers: str) -> RecipientsArea:
    """From the text to numbers that are pasted."""
    area = await to_numbers(road.stage)
    if "\n" in numbers:
        road.paste(numbers)
    else:
        road.paste(numbers)
        await road.stage.until(lambda: area.written.typed == numbers)
        await road.stage.press("enter")
    await road.stage.until(lambda: area.recipients.numbers or area.recipients.refused)
    return area


async def to_confirmation(road: Road, numbers: str = "0601020304") -> SendPage:
    """From the text to the confirmation of a campaign that leaves at once."""
    await add_numbers(road, numbers)
    await go_on(road.stage)
    await go_on(road.stage)
    page = composer(road.stage)
    await road.stage.until(lambda: page.plans.whole is not None and "4/4" in page.note)
    return page
