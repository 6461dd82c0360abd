"""The entrance of the program: `smstui …`, or `python -m smstui …`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code; the application alone starts sooner, without click."""
    if len(sys.argv) > 1:
        from smstui.cli.main import run

        sys.exit(run(sys.argv[1:]))
    sys.exit(start_application())


def start_application() -> int:
    """Run the application with the settings of the environment, and return its exit code."""
    from smstui.cli.application import run_application
    from smstui.cli.invocation import GlobalOptions
    from smstui.cli.outcome import exit_code_of
    from smstui.i18n import environment_language, use_language

    use_language(environment_language())
    return exit_code_of(lambda: run_application(GlobalOptions()))


if __name__ == "__main__":
    main()
