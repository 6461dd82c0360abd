"""Contacts as a list shows them."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from smstui.domain.visible import printable
from smstui.formats import local
from smstui.i18n import N_, _
from smstui.services.contact_query import ContactKind
from smstui.services.contact_rows import Contact
from smstui.widgets.columns import Cell, Column

KIND_WORDS = {
    ContactKind.OPTED_OUT: N_("on the STOP list"),
    ContactKind.INVALID: N_("invalid numbers"),
}


def columns() -> Sequence[Column]:
    """The columns of a list of contacts, in the current language; the ids of the sortable ones are a ContactSort's."""
    return (
        Column("name", _("Name"), 10, grows=True, sortable=True),
        Column("first_name", _("First name"), 8, grows=True),
        Column("mobile", _("Mobile"), 13, sortable=True),
        Column("email", _("E-mail"), 16, grows=True, from_width=71),
        Column("company", _("Company"), 10, grows=True, from_width=91),
        Column("groups", _("Groups"), 10, grows=True, from_width=91),
        Column("created", _("Added on"), 10, sortable=True, from_width=106),
        Column("stop", _("STOP"), 4),
    )


def cells(contact: Contact) -> Sequence[Cell]:
    """A contact in those columns."""
    details = contact.details
    return (
        printable(details.last_name),
        printable(details.first_name),
        details.mobile,
        printable(details.email),
        printable(details.company),
        ", ".join(map(printable, contact.groups)),
        day(contact.created_at),
        Content.styled("STOP", "$text-error") if contact.opted_out else "",
    )


def day(instant: datetime) -> str:
    """The day of an aware `instant`, on this machine's calendar: "22/11/2026"."""
    return f"{local(instant):%d/%m/%Y}"


def day_and_time(instant: datetime) -> str:
    """The day and the time of an aware `instant`, on this machine's clock: "22/11/2026 14:15"."""
    return f"{local(instant):%d/%m/%Y %H:%M}"
