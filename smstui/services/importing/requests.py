"""What the process that imports is asked for."""

from dataclasses import dataclass
from datetime import datetime

from smstui.domain.actor import Actor
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ContactFile, ImportPlan


@dataclass(frozen=True, slots=True)
class LookRequest:
    """Look at a file."""

    file: ContactFile
    options: ReadingOptions
    free_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumbersRequest:
    """Read the numbers of a file."""

    file: ContactFile


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Import a file into an account's book."""

    database_url: str
    actor: Actor
    file: ContactFile
    plan: ImportPlan
    token: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What the parent asks for, in the language of the person."""

    language: str
    work: LookRequest | NumbersRequest | ImportRequest


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """What came of it when the limit was not enough."""
