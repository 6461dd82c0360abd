"""Opening a page in the person's browser, from a program that has the terminal to itself.

Python's `webbrowser` waits for some browsers, and starts those of the terminal where there is no screen, over what the
program shows. It runs in a process of its own, therefore, that has no terminal and ends after a while. It imports
nothing from the folder that the program was started in (-P).
"""

import asyncio
import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

LONGEST: Final = 8.0
"""Seconds after which a browser that still runs is one that was opened."""
_MARGIN: Final = 7.0
"""Seconds more, for the process to begin and end."""
_SCHEMES: Final = ("https://", "http://")
_OWN: Final = "SMSTUI_"
"""Begins the names of our variables, some of which are secret."""
_TERMINAL: Final = "TERM"
"""Without it `webbrowser` knows no browser of the terminal."""


async def opened_in_browser(url: str, longest: float = LONGEST) -> bool:
    """Open `url`, of http or https; whether there was a browser to open it in. It is known after `longest` seconds."""
    if not url.startswith(_SCHEMES):
        return False
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__, url, str(longest)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=_handed_on(os.environ),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(longest + _MARGIN):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _handed_on(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in environment.items() if name != _TERMINAL and not name.upper().startswith(_OWN)
    }


def main(url: str, longest: float) -> int:
    """Open `url` in a browser that needs no terminal, and wait for it up to `longest` seconds: the exit code."""
    answers: list[bool] = []
    opening = threading.Thread(target=lambda: answers.append(webbrowser.open(url)), daemon=True)
    opening.start()
    opening.join(longest)
    return 0 if opening.is_alive() or any(answers) else 1


if __name__ == "__main__":
    os._exit(main(sys.argv[1], float(sys.argv[2])))
