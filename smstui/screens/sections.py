"""The sections of the menu, with the guide's headings, and where their pages are: imported when first shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from smstui.i18n import N_, _
from smstui.screens.page import Page
from smstui.widgets.sidebar import SidebarItem


@dataclass(frozen=True, slots=True)
class Section:
    """A section that can be chosen. `label` is a message id; `sign` is one cell wide; `page` is "module:Class"."""

    id: str
    label: str
    sign: str
    page: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the menu, with its sections. `label` is a message id."""

    id: str
    label: str
    sign: str
    sections: tuple[Section, ...]


HOME = "dashboard"
REPLIES = "replies"

MENU: tuple[Section | Heading, ...] = (
    Section(HOME, N_("Dashboard"), "⌂", "smstui.screens.dashboard:DashboardPage"),
    Heading(
        "messaging",
        N_("Messaging"),
        "✉",
        (
            Section("send", N_("Send"), "»", "smstui.screens.messaging.send:SendPage"),
            Section("campaigns", N_("Campaigns"), "≡", "smstui.screens.messaging.campaigns:CampaignsPage"),
            Section(REPLIES, N_("Replies"), "«", "smstui.screens.messaging.replies:RepliesPage"),
        ),
    ),
    Heading(
        "address-book",
        N_("Address book"),
        "☰",
        (
            Section(
                "contacts",
                N_("Contacts"),
                "@",
                "smstui.screens.contacts.contacts:ContactsPage",
            ),
            Section(
                "groups",
                N_("Groups"),
                "∴",
                "smstui.screens.contacts.groups:GroupsPage",
            ),
            Section(
                "import",
                N_("Import contacts"),
                "↓",
                "smstui.screens.contacts.importing.page:ImportPage",
            ),
            Section("opt-outs", N_("STOP list"), "×", "smstui.screens.contacts.opt_outs:OptOutsPage"),
        ),
    ),
    Section("templates", N_("My templates"), "¶", "smstui.screens.templates.templates:TemplatesPage"),
    Heading(
        "credits",
        N_("Credits"),
        "€",
        (
            Section("buy", N_("Buy credits"), "+", "smstui.screens.credits.buy:BuyPage"),
            Section("invoices", N_("Invoices"), "#", "smstui.screens.credits.invoices:InvoicesPage"),
            Section("balance", N_("Balance"), "=", "smstui.screens.credits.balance:BalancePage"),
        ),
    ),
    Heading(
        "settings",
        N_("Settings"),
        "*",
        (
            Section("profile", N_("My account"), "µ", "smstui.screens.account.profile:ProfilePage"),
            Section("senders", N_("Senders"), "&", "smstui.screens.settings.senders:SendersPage"),
            Section("connections", N_("Connections"), "~", "smstui.screens.settings.connections:ConnectionsPage"),
            Section("hours", N_("Sending hours"), "§", "smstui.screens.settings.hours:HoursPage"),
        ),
    ),
)

ADMINISTRATION = Heading(
    "administration",
    N_("Administration"),
    "!",
    (
        Section("accounts", N_("Accounts"), "ª", "smstui.screens.admin.accounts:AccountsPage"),
        Section("transfers", N_("Transfers"), "→", "smstui.screens.admin.awaited:AwaitedPage"),
        Section("prices", N_("Prices"), "%", "smstui.screens.admin.prices:PricesPage"),
        Section("tariffs", N_("Tariffs"), "±", "smstui.screens.admin.tariffs:TariffsPage"),
        Section("company", N_("Company"), "©", "smstui.screens.admin.company:CompanyPage"),
        Section("audit", N_("Audit trail"), "º", "smstui.screens.admin.audit:AuditPage"),
    ),
)
"""For administrators."""
HANDSETS = Section("handsets", N_("Phones (demo)"), "☎", "smstui.screens.demo.handsets:HandsetsPage")
"""Only in the demo: what the simulated phones received."""


def menu(*, demo: bool, admin: bool) -> tuple[Section | Heading, ...]:
    """The menu, with what is for administrators, and with the phones when this is the demo."""
    return (*MENU, *((ADMINISTRATION,) if admin else ()), *((HANDSETS,) if demo else ()))


def sections(*, demo: bool, admin: bool) -> Iterator[Section]:
    """Every section that can be chosen, in the menu's order."""
    for entry in menu(demo=demo, admin=admin):
        if isinstance(entry, Heading):
            yield from entry.sections
        else:
            yield entry


def find(section_id: str) -> Section:
    """The section of that id. Raises KeyError."""
    for section in sections(demo=True, admin=True):
        if section.id == section_id:
            return section
    raise KeyError(section_id)


def path(section: Section) -> str:
    """ "Messaging › Send", in the current language."""
    for entry in (*MENU, ADMINISTRATION):
        if isinstance(entry, Heading) and section in entry.sections:
            return f"{_(entry.label)} › {_(section.label)}"
    return _(section.label)


def sidebar_items(*, demo: bool, admin: bool) -> list[SidebarItem]:
    """The menu as the sidebar takes it, in the current language."""
    return [
        SidebarItem(
            entry.id,
            _(entry.label),
            entry.sign,
            tuple(SidebarItem(section.id, _(section.label), section.sign) for section in entry.sections)
            if isinstance(entry, Heading)
            else (),
        )
        for entry in menu(demo=demo, admin=admin)
    ]


def page_class(section: Section) -> type[Page]:
    """The class of the section's page; imports its module (call it off the event loop)."""
    module, _colon, name = section.page.partition(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, type)
    assert issubclass(found, Page)
    return found


def make_page(section: Section) -> Page:
    """The section's page."""
    return page_class(section)()
