"""What a column of a file is imported as."""

from dataclasses import dataclass

from smstui.domain.contact import ContactField


@dataclass(frozen=True, slots=True)
class FreeField:
    """A field that the account gave to its contacts."""

    name: str


Target = ContactField | FreeField
