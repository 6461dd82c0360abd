"""The seams of Textual 8.2.8's drivers that this program leans on; beside `browser`, no module touches them.

Textual writes a frame as one string, or as three when the terminal can show it at once: a mark, the frame, a mark.
Everything else that it writes to switch a mode of the terminal on or off, or to ask for one, is a short sequence
with a private marker (ECMA-48 §5.4.2; the kitty keyboard protocol's `CSI > n u`).
"""

import os
import re

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from smstui.terminal.output import Output

MODE = re.compile(r"\x1b\[[?<>]\d*(?:\$p|[hlu])")
"""A mode switched or asked for, all of it."""


class NeverWaiting(Driver):
    """A driver whose frames are dropped while nobody reads them, and whose screen is wholly painted afterwards."""

    PATIENCE = 2.0
    """Seconds without anything read, after which a terminal that is to be left behaves as if it never read again."""

    _output: Output | None = None
    _frame: list[str] | None = None
    """The beginning of a frame between its marks."""

    @property
    def output_fd(self) -> int:
        """The file descriptor that frames are written to."""
        raise NotImplementedError

    @property
    def output(self) -> Output:
        """What writes; a new one after `close`."""
        if self._output is None:
            self._output = Output(self.output_fd, self._paint_all)
        return self._output

    def write(self, data: str) -> None:
        """Have `data` written: a mode surely, a part of a frame with the whole of it or not at all."""
        if data == SYNC_START:
            self._frame = [data]
        elif data == SYNC_END and self._frame is not None:
            frame, self._frame = "".join([*self._frame, data]), None
            self.output.frame(self.encode(frame))
        elif MODE.fullmatch(data):
            self.output.keep(self.encode(data))
        elif self._frame is not None:
            self._frame.append(data)
        else:
            self.output.frame(self.encode(data))

    def encode(self, data: str) -> bytes:
        """`data` on the wire."""
        return data.encode()

    def suspend_application_mode(self) -> None:
        """Leave the terminal to others for a while."""
        self.stop_application_mode()
        super().close()
        self._close_output()

    def close(self) -> None:
        """Leave the terminal. One that does not read is not written to any more by anything in this process."""
        super().close()
        if not self._close_output():
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.output_fd)
            os.close(nowhere)

    def _close_output(self) -> bool:
        output, self._output = self._output, None
        return output is None or output.close(self.PATIENCE)

    def _paint_all(self) -> None:
        self._app.call_later(self._app.refresh)


class TerminalDriver(NeverWaiting, LinuxDriver):
    """The driver of a terminal. Textual's own writer thread stays idle."""

    @property
    def output_fd(self) -> int:
        """Standard error, as Textual has it."""
        assert self._file is not None
        return self._file.fileno()
