"""The phones of the demo's simulated network, for its panel: what they received, and answers from them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smstui.smpp.simulator import HandsetMessage, Simulator


class HandsetService:
    """The phones of a running simulator."""

    def __init__(self, simulator: "Simulator", stop_code: str) -> None:
        self._simulator = simulator
        self._stop_code = stop_code

    def received(self, limit: int = 100) -> "tuple[HandsetMessage, ...]":
        """The newest messages, oldest first."""
        return self._simulator.handsets.messages(limit)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` soon after phones received something, at most ten times a second; returns how to end that."""
        return self._simulator.handsets.subscribe(callback)

    async def reply(self, number: str, text: str) -> None:
        """Send `text` from the phone `number` to whoever wrote to it last.

        A name can't be answered, so that an alphanumeric sender is answered at the STOP short code; so is a phone that
        has received nothing. Raises NobodyBound when no application is connected to the simulator.
        """
        await self._simulator.handsets.reply(number, self.answer_address(number), text)

    def answer_address(self, number: str) -> str:
        """Where an answer from the phone `number` goes."""
        for message in reversed(self._simulator.handsets.messages()):
            if message.number == number:
                return message.sender if message.sender.removeprefix("+").isdigit() else self._stop_code
        return self._stop_code
