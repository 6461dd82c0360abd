"""What every command accepts, wherever it is written: before the noun, before the verb or after it."""

from collections.abc import Callable, Sequence

import click

from smstui.cli.invocation import GlobalOptions

__all__ = ["GlobalOptions", "Noun", "Verb", "options_of"]


class GlobalOption(click.Option):
    """An option that every command accepts."""


def options_of(context: click.Context) -> GlobalOptions:
    """The options of the whole invocation that `context` is a part of."""
    return context.ensure_object(GlobalOptions)


def _keep_text(name: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    """A callback that keeps a given text as the option `name`."""

    def keep(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            setattr(options_of(context), name, value)

    return keep


def _keep_flag(name: str, meaning: bool) -> Callable[[click.Context, click.Parameter, bool], None]:
    """A callback that gives the option `name` its `meaning` when its flag was written."""

    def keep(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            setattr(options_of(context), name, meaning)

    return keep


def _global_parameters() -> list[click.Parameter]:
    """The parameters that fill `GlobalOptions`; every command gets its own."""
    texts = (
        ("--database", "URL", "database", "Database, else SMSTUI_DATABASE_URL, else a file of your own."),
        ("--account", "LOGIN", "account", "Account that acts, else SMSTUI_ACCOUNT."),
    )
    flags = (
        ("--json", "as_json", True, "Print one JSON document."),
        ("--no-dispatch", "dispatch", False, "Leave the sending to another process."),
        ("--no-mouse", "mouse", False, "Leave the mouse to the terminal."),
    )
    return [
        *(
            GlobalOption([flag], metavar=metavar, callback=_keep_text(name), expose_value=False, help=text)
            for flag, metavar, name, text in texts
        ),
        *(
            GlobalOption([flag], is_flag=True, callback=_keep_flag(name, meaning), expose_value=False, help=text)
            for flag, name, meaning, text in flags
        ),
    ]


def _with_global(parameters: Sequence[click.Parameter] | None) -> list[click.Parameter]:
    """`parameters`, then the global options."""
    return [*(parameters or ()), *_global_parameters()]


class _TakesGlobals(click.Command):
    """Accepts the global options as well as its own, and shows them apart in its help."""

    def __init__(self, name: str | None = None, **attributes: object) -> None:
        attributes["params"] = _with_global(attributes.get("params"))  # type: ignore[arg-type]
        super().__init__(name, **attributes)  # type: ignore[arg-type]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of every command last."""
        own: list[tuple[str, str]] = []
        everywhere: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None:
                (everywhere if isinstance(parameter, GlobalOption) else own).append(record)
        for title, records in (("Options", own), ("Options of every command", everywhere)):
            with formatter.section(title):
                formatter.write_dl(records)


class Verb(_TakesGlobals):
    """A command that accepts the global options as well as its own."""


class Noun(_TakesGlobals, click.Group):
    """A group of verbs: `@click.group(cls=Noun)`; its `command()` makes verbs."""

    command_class = Verb

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the verbs."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
