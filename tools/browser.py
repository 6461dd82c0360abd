"""Make sure that a Chromium is there for the browser test: that of the PATH, else Debian's, else playwright's own."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    """The first Chromium on the PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def playwrights_own() -> str | None:
    """The Chromium that playwright has downloaded, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def executable() -> str | None:
    """A Chromium that can be started."""
    return on_path() or playwrights_own()


def install() -> None:
    """Install Debian's package where that is possible, else what playwright downloads."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        update = subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        if update.returncode == 0 and subprocess.run(command, check=False, env=environment).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Install a Chromium unless there is one; 1 when there is none in the end."""
    if executable() is None:
        print("Installing Chromium for the browser test")
        install()
    found = executable()
    if found is None:
        print("No Chromium: the browser test can't run. Install the package chromium of your system.", file=sys.stderr)
    return 0 if found or not os.environ.get("CI") else 1


if __name__ == "__main__":
    sys.exit(main())
