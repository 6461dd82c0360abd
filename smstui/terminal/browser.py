"""The seams of Textual's driver for textual-serve: packets of frames and of messages on a pipe."""

from functools import partial

from textual.app import App
from textual.drivers.web_driver import WebDriver

from smstui.terminal.drivers import NeverWaiting


class BrowserDriver(NeverWaiting, WebDriver):
    """The driver of a page. Only its frames may be dropped: messages and downloads are not painted again."""

    PATIENCE = 0.3
    """Seconds: a page has no modes to be left in, and the server soon loses its own patience."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._write = partial(self._keep)

    @property
    def output_fd(self) -> int:
        """Standard output."""
        return self.fileno

    def encode(self, data: str) -> bytes:
        """A packet of data."""
        payload = data.encode()
        return b"D" + len(payload).to_bytes(4, "big") + payload

    def _keep(self, packet: bytes) -> int:
        self.output.keep(packet)
        return len(packet)
