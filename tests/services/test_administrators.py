"""Who is no administrator any more, or is blocked, changes nothing that accounts share, whatever the session says."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time

import pytest

from smstui.domain.actor import Actor, Role
from smstui.domain.hours import SendingHours
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.bank_statements import Preview
from smstui.services.connection_settings import ConnectionSettings
from smstui.services.platform_settings import AdministratorsOnly, InvalidRecipientLimit
from smstui.smpp.values import BindSettings

HOURS = SendingHours(time(9), time(19))
MAIN = ConnectionSettings("main", BindSettings("smsc.example.com", 2775, "smstui", "secret"))


def acts(backend: Backend, who: Actor) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: backend.platform.set_sending_hours(who, HOURS),
        lambda: backend.platform.set_recipient_limit(who, 7),
        lambda: backend.connections.add(who, replace(MAIN, name="mine")),
        lambda: backend.connections.update(who, "main", replace(MAIN, name="mine")),
        lambda: backend.connections.remove(who, "main"),
        lambda: backend.senders.forbid(who, ["Acme"]),
        lambda: backend.health.of_all(who),
        lambda: backend.tariffs.remove(who, "BE"),
    ]


@pytest.mark.each_database
async def test_only_who_is_an_administrator_now_acts(backend: Backend, admin: Actor, actor: Actor) -> None:
    await backend.connections.add(None, MAIN)
    before = await backend.platform.sending_hours()
    for act in acts(backend, actor):
        with pytest.raises(AdministratorsOnly):
            await act()
    await backend.administration.set_rights(None, "shop", role=Role.ADMIN)
    await backend.administration.set_rights(None, "boss", role=Role.USER)
    for act in acts(backend, admin):
        with pytest.raises(AdministratorsOnly):
            await act()
    await backend.administration.set_rights(None, "boss", role=Role.ADMIN)
    await backend.administration.block(None, "boss", "why")
    for act in acts(backend, admin):
        with pytest.raises(AdministratorsOnly):
            await act()
    assert await backend.platform.sending_hours() == before
    assert await backend.platform.recipient_limit() == 200_000
    assert await backend.connections.list() == (MAIN,)
    assert "acme" not in await backend.senders.forbidden()


@pytest.mark.each_database
async def test_what_all_accounts_share_is_audited(backend: Backend, admin: Actor) -> None:
    await backend.platform.set_sending_hours(admin, HOURS)
    await backend.platform.set_sending_hours(admin, HOURS)
    await backend.platform.set_recipient_limit(admin, 1_500)
    await backend.senders.forbid(admin, ["Acme"])
    await backend.senders.forbid(admin, ["Mairie"], ["Acme"])
    await backend.senders.forbid(admin, ["Mairie"])
    kept = [(entry.action, entry.subject) for entry in await backend.audit.list(admin)]
    assert kept == [
        (AuditAction.SETTINGS_CHANGED, subject)
        for subject in (
            "forbidden_senders: +mairie, -acme",
            "forbidden_senders: +acme",
            "recipient_limit: 1500",
            "sending_hours: 09:00–19:00",
        )
    ]
    assert await backend.platform.recipient_limit() == 1_500
    for wrong in (0, -1, 2_000_001):
        with pytest.raises(InvalidRecipientLimit):
            await backend.platform.set_recipient_limit(admin, wrong)


async def test_an_empty_preview_is_applied_by_administrators_only(backend: Backend, actor: Actor) -> None:
    with pytest.raises(AdministratorsOnly):
        await backend.bank_statements.apply(actor, Preview((), (), ()))
