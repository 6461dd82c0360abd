"""The command line: `smstui`, `smstui demo`, `smstui NOUN VERB`."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import click

from smstui import __version__
from smstui.cli.options import Noun, options_of
from smstui.cli.outcome import INTERRUPTED, exit_code_of
from smstui.i18n import environment_language, use_language


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command that is imported when it is asked for: its module, its name there, its line in the help."""

    module: str
    name: str
    summary: str


COMMANDS = {
    "account": LazyCommand("smstui.cli.account", "account", "Accounts of this platform."),
    "audit": LazyCommand("smstui.cli.audit", "audit", "What accounts did, and what was done to them."),
    "campaign": LazyCommand("smstui.cli.campaign", "campaign", "Send campaigns and follow them."),
    "company": LazyCommand("smstui.cli.company", "company", "Who runs this platform, its bank account, its prices."),
    "connection": LazyCommand("smstui.cli.connection", "connection", "Connections to SMSCs."),
    "contact": LazyCommand("smstui.cli.contact", "contact", "Contacts of the address book."),
    "credit": LazyCommand("smstui.cli.credit", "credit", "Credits of an account."),
    "db": LazyCommand("smstui.cli.db", "db", "The database: bring it up to date, check it."),
    "demo": LazyCommand("smstui.cli.demo", "demo", "The application with a simulated SMSC and a sample account."),
    "dispatch": LazyCommand("smstui.cli.dispatch", "dispatch", "The dispatcher alone, until SIGTERM."),
    "doctor": LazyCommand("smstui.cli.doctor", "doctor", "Check everything that the application needs."),
    "group": LazyCommand("smstui.cli.group", "group", "Groups of contacts."),
    "hours": LazyCommand("smstui.cli.hours", "hours", "Hours in which marketing campaigns may go out."),
    "inbox": LazyCommand("smstui.cli.inbox", "inbox", "Messages that phones sent to us."),
    "invoice": LazyCommand("smstui.cli.invoice", "invoice", "Invoices of an account."),
    "optout": LazyCommand("smstui.cli.optout", "optout", "Numbers that no longer want messages."),
    "sender": LazyCommand("smstui.cli.sender", "sender", "Sender names of an account."),
    "serve": LazyCommand("smstui.cli.serve", "serve", "The application in a browser."),
    "simulator": LazyCommand("smstui.cli.simulator", "simulator", "The bundled SMSC, with faults on demand."),
    "tariff": LazyCommand("smstui.cli.tariff", "tariff", "What an SMS costs, by country and type."),
    "template": LazyCommand("smstui.cli.template", "template", "Message templates of an account."),
    "text": LazyCommand("smstui.cli.text", "text", "Encoding and segments of a text."),
}


class Root(Noun):
    """The `smstui` command: its nouns are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command `cmd_name`."""
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        command = getattr(importlib.import_module(lazy.module), lazy.name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in COMMANDS.items()])


@click.group(cls=Root, invoke_without_command=True)
@click.version_option(__version__, prog_name="smstui")
@click.pass_context
def smstui(context: click.Context) -> None:
    """SMS campaigns over SMPP. Without a command: the full-screen application."""
    if context.invoked_subcommand is None:
        from smstui.cli.application import run_application

        context.exit(run_application(options_of(context)))


def run(arguments: Sequence[str]) -> int:
    """Run the command line with `arguments` and return its exit code."""
    use_language(environment_language())
    return exit_code_of(lambda: _run_click(arguments))


def _run_click(arguments: Sequence[str]) -> int:
    """Run them through click. `--help`, `--version` and `context.exit(n)` give a code, a command that returns None."""
    try:
        answer = smstui.main(list(arguments), prog_name="smstui", standalone_mode=False)
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return answer if isinstance(answer, int) else 0
