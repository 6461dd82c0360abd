"""`smstui db`: the database itself."""

from dataclasses import dataclass
from typing import ClassVar

import click

from smstui.cli.context import Noun, answer, settings_of
from smstui.cli.options import options_of
from smstui.domain.errors import Refusal
from smstui.i18n import N_, _


@dataclass(eq=False)
class DatabaseOutdated(Refusal):
    """An older program made the database."""

    sentence: ClassVar[str] = N_("The database is older than this program: run `smstui db upgrade`.")


@click.group(cls=Noun)
def db() -> None:
    """The database: bring it up to date, check it."""


@db.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the database to the version of this program, creating it where there is none."""
    from smstui.storage.migrate import HEAD
    from smstui.storage.migrate import upgrade as upgrade_database

    options = options_of(context)
    before = upgrade_database(settings_of(options).database_url)
    answer(
        options,
        {"before": before.revision, "revision": HEAD},
        _("The database was already at version {revision}.").format(revision=HEAD)
        if before.is_current
        else _("The database is now at version {revision}.").format(revision=HEAD),
    )


@db.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Check that the database is sound and of this program's version; changes nothing."""
    from smstui.storage.migrate import check as check_database

    options = options_of(context)
    schema = check_database(settings_of(options).database_url)
    if not schema.is_current:
        raise DatabaseOutdated
    answer(
        options,
        {"revision": schema.revision, "sound": True},
        _("The database is sound, at version {revision}.").format(revision=schema.revision),
    )
