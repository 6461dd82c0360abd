"""`smstui account show|set|password|sessions`: what an account says about itself, and where it is logged in.

Whoever may open the database may run them: no password is asked for, as for every command that acts for an account.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from smstui.cli.context import Call, Json, Verb, secret, with_backend
from smstui.cli.output import table
from smstui.domain.preferences import THEMES
from smstui.i18n import LANGUAGES, _, ngettext

if TYPE_CHECKING:
    from smstui.domain.actor import Actor
    from smstui.services.profile import AccountProfile
    from smstui.services.sessions import LoginSession


def register(group: click.Group) -> None:
    """Add these verbs to `smstui account`."""
    for command in (show, set_profile, password, sessions):
        group.add_command(command)


@click.command(cls=Verb)
@with_backend
async def show(call: Call) -> None:
    """Show what the account says about itself."""
    await _answer_profile(call, await call.actor())


@click.command("set", cls=Verb)
@click.option("--email", metavar="E", help="Its e-mail address.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the screens, and of the files that it exports.")
@click.option("--time-zone", metavar="Z", help="Whose clocks new dates are on, as Europe/Paris.")
@click.option("--theme", type=click.Choice(THEMES), help="The colours of the screens.")
@with_backend
async def set_profile(
    call: Call, *, email: str | None, language: str | None, time_zone: str | None, theme: str | None
) -> None:
    """Change it. What is scheduled already keeps its moment, whatever the time zone."""
    from smstui.domain.preferences import check_time_zone

    if (email, language, time_zone, theme) == (None, None, None, None):
        raise click.UsageError("Say what to change: --email, --language, --time-zone or --theme.")
    actor, profiles = await call.actor(), call.backend.profiles
    if time_zone is not None:
        check_time_zone(time_zone)
    if email is not None:
        await profiles.set_email(actor, email, None)
    await profiles.set_preferences(actor, language=language, time_zone=time_zone, theme=theme)
    await _answer_profile(call, actor)


@click.command(cls=Verb)
@click.option("--password-env", metavar="VAR", help="Environment variable that holds the new one, else it is asked.")
@with_backend
async def password(call: Call, *, password_env: str | None) -> None:
    """Give the account another password; its sessions end."""
    actor = await call.actor()
    ended = await call.backend.profiles.set_password(actor, None, secret(password_env, _("New password")))
    words = ngettext(
        "The password of {login} was changed; {count} session was ended.",
        "The password of {login} was changed; {count} sessions were ended.",
        ended,
    )
    call.answer({"login": actor.login, "sessions_ended": ended}, words.format(login=actor.login, count=ended))


@click.command(cls=Verb)
@click.option("--end", "ended", type=int, metavar="ID", help="End this one.")
@click.option("--end-others", is_flag=True, help="End all: a command has no session of its own.")
@with_backend
async def sessions(call: Call, *, ended: int | None, end_others: bool) -> None:
    """List the sessions in which the account is logged in, the newest first; with --end, those that are left."""
    if end_others and ended is not None:
        raise click.UsageError("--end and --end-others don't go together.")
    actor, service = await call.actor(), call.backend.sessions
    if ended is not None:
        await service.end(actor, ended)
    if end_others:
        await service.end_others(actor)
    found = await service.list(actor)
    call.answer([_session_document(each) for each in found], _session_lines(found))


async def _answer_profile(call: Call, actor: "Actor") -> None:
    profile = await call.backend.profiles.read(actor)
    call.answer(_profile_document(profile), _profile_lines(profile))


def _profile_document(profile: "AccountProfile") -> dict[str, Json]:
    return {
        "login": profile.login,
        "email": profile.email,
        "role": profile.role,
        "certified_number": profile.certified_number,
        "created_at": profile.created_at.isoformat(),
        "language": profile.language,
        "time_zone": profile.time_zone,
        "theme": profile.theme,
        "billing": None if profile.billing is None else asdict(profile.billing),
    }


def _profile_lines(profile: "AccountProfile") -> list[str]:
    facts = [
        (_("Login"), profile.login),
        (_("E-mail"), profile.email),
        (_("Certified number"), profile.certified_number or _("none yet")),
        (_("Language"), profile.language),
        (_("Time zone"), profile.time_zone),
        (_("Colours"), profile.theme or _("not chosen")),
        (_("Invoices for"), profile.billing.name if profile.billing else profile.login),
    ]
    width = max(len(label) for label, _value in facts)
    return [f"{label.ljust(width)}  {value}" for label, value in facts]


def _session_document(session: "LoginSession") -> dict[str, Json]:
    return {
        "id": session.id,
        "origin": str(session.origin),
        "started_at": session.started_at.isoformat(),
        "seen_at": session.seen_at.isoformat(),
    }


def _session_lines(found: Sequence["LoginSession"]) -> list[str]:
    from smstui.formats import date_time
    from smstui.services.sessions import origin_words

    if not found:
        return [_("No session is open.")]
    rows = [
        [str(each.id), origin_words(each.origin), date_time(each.started_at), date_time(each.seen_at)] for each in found
    ]
    return table([_("Id"), _("Origin"), _("Since"), _("Seen")], rows)
