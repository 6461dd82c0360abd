"""What every command of a script needs: an open backend, the acting account, the way to answer and the way to fail.

A noun is a module with a group of verbs:

    @click.group(cls=Noun)
    def sender() -> None: ...

    @sender.command("list")
    @with_backend
    async def list_senders(call: Call) -> None:
        senders = await call.backend.senders.list(await call.actor())
        call.answer([...], lines=[...])

A refusal that leaves a command becomes one line on stderr and exit code 1 in `smstui.cli.main`.
"""

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Concatenate, ParamSpec

import click

from smstui.cli.invocation import settings_of
from smstui.cli.options import GlobalOptions, Noun, Verb, options_of
from smstui.cli.output import Json, print_document, print_lines
from smstui.domain.actor import Actor
from smstui.domain.errors import Refusal
from smstui.formats import use_time_zone
from smstui.i18n import N_

if TYPE_CHECKING:
    from smstui.services.backend import Backend
    from smstui.settings import Settings

__all__ = ["Call", "Json", "Noun", "Verb", "answer", "secret", "settings_of", "with_backend"]

P = ParamSpec("P")


@dataclass(eq=False)
class NoAccountNamed(Refusal):
    """A command that acts for an account was given none."""

    sentence: ClassVar[str] = N_("Say which account acts, with --account LOGIN or SMSTUI_ACCOUNT.")


@dataclass(eq=False)
class NoSuchVariable(Refusal):
    """The environment variable that should hold a secret isn't set, or is empty."""

    variable: str
    sentence: ClassVar[str] = N_("The environment variable {variable} is not set; put the password in it.")


@dataclass(eq=False)
class NoSecret(Refusal):
    """A secret is needed, and there is neither a variable nor a terminal to ask."""

    option: str
    sentence: ClassVar[str] = N_("A password is needed: name the environment variable that holds it with {option} VAR.")


def answer(options: GlobalOptions, document: Json, lines: str | Iterable[str]) -> None:
    """Print `document` under --json, else `lines`."""
    if options.as_json:
        print_document(document)
    else:
        print_lines(lines)


def secret(variable: str | None, prompt: str, option: str = "--password-env") -> str:
    """The secret held by the environment variable `variable`, else asked on the terminal without showing it.

    Raises NoSuchVariable when the variable is missing or empty, NoSecret when there is nobody to ask.
    """
    if variable is not None:
        value = os.environ.get(variable, "")
        if not value:
            raise NoSuchVariable(variable)
        return value
    if not sys.stdin.isatty():
        raise NoSecret(option)
    return str(click.prompt(prompt, hide_input=True, err=True))


@dataclass(frozen=True, slots=True)
class Call:
    """One command being run."""

    backend: "Backend"
    settings: "Settings"
    options: GlobalOptions

    async def actor(self) -> Actor:
        """The account named by --account or SMSTUI_ACCOUNT. Raises NoAccountNamed, or the refusal of an unknown one."""
        if not self.settings.account:
            raise NoAccountNamed
        actor = await self.backend.accounts.find(self.settings.account)
        use_time_zone(actor.time_zone)
        return actor

    def answer(self, document: Json, lines: str | Iterable[str]) -> None:
        """Print `document` under --json, else `lines`."""
        answer(self.options, document, lines)


def with_backend(command: Callable[Concatenate[Call, P], Awaitable[None]]) -> Callable[P, None]:
    """Make a click callback of an async `command`: it runs with an open backend, closed when it ends."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        options = options_of(click.get_current_context())
        settings = settings_of(options)

        async def work() -> None:
            from smstui.services.backend import Backend

            async with Backend.open(settings) as backend:
                await command(Call(backend, settings, options), *args, **kwargs)

        from smstui.logs import LogFile, through

        with through(LogFile(settings.data_directory)):
            asyncio.run(work())

    return run
