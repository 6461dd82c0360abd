"""`smstui doctor`: check everything that the application needs, and tell how the connections are doing."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from smstui.cli.checks import (
    Check,
    backend_checks,
    database_check,
    database_exists,
    environment_checks,
    folder_checks,
)
from smstui.cli.context import answer, settings_of
from smstui.cli.options import Verb, options_of

if TYPE_CHECKING:
    from smstui.services.health_values import ConnectionHealth
    from smstui.settings import Settings


@click.command(cls=Verb)
@click.option("--bind", is_flag=True, help="Also bind to each connection, and unbind.")
@click.pass_context
def doctor(context: click.Context, *, bind: bool) -> None:
    """Check everything that the application needs, one line each; exit code 1 when something is wrong."""
    from smstui.cli.health_document import health_document

    options = options_of(context)
    settings = settings_of(options)
    checks = [*environment_checks(), database_check(settings)]
    connections: Sequence[ConnectionHealth] = ()
    if checks[-1].ok:
        checks += folder_checks(settings)
        if database_exists(settings):
            connections, found = asyncio.run(_of_the_backend(settings, bind=bind))
            checks += found
    healthy = all(check.ok for check in checks)
    answer(
        options,
        {
            "ok": healthy,
            "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks],
            "connections": [health_document(each) for each in connections],
        },
        [f"{'✓' if check.ok else '✕'} {check.name}: {check.detail}" for check in checks],
    )
    context.exit(0 if healthy else 1)


async def _of_the_backend(settings: "Settings", *, bind: bool) -> "tuple[Sequence[ConnectionHealth], list[Check]]":
    """The health of the connections, and the checks that need the open database."""
    from smstui.services.backend import Backend

    async with Backend.open(settings) as backend:
        connections = await backend.health.of_all(None)
        return connections, [check async for check in backend_checks(backend, settings, connections, bind=bind)]
