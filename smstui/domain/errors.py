"""What a person asked and can't have: typed refusals that carry what they can do about it.

Every refusal is a dataclass whose `sentence` is a message id with its fields as placeholders; `smstui.formats.explain`
turns it into one sentence of the current language. Screens and the command line show that sentence, never a traceback.
Each domain or service module defines its own refusals beside the rule that raises them.
"""

from typing import ClassVar


class Refusal(Exception):
    """A request that can't be done. Subclasses are dataclasses (`eq=False`) that define `sentence`."""

    sentence: ClassVar[str]
