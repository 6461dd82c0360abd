"""What the command line says about the whole invocation. Imports no click: the application paints sooner without it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smstui.settings import Settings


@dataclass(slots=True)
class GlobalOptions:
    """The options shared by all commands; the one written last, nearest to the verb, wins."""

    database: str | None = None
    """URL; None is SQLite in the user's data folder."""
    account: str | None = None
    """Login of the account that acts."""
    as_json: bool = False
    dispatch: bool = True
    mouse: bool = True


def settings_of(options: GlobalOptions) -> "Settings":
    """The settings of this invocation: options, then environment, then defaults."""
    from smstui.settings import Settings

    return Settings.load(database_url=options.database, account=options.account)
