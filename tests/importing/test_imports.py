"""Imports as a whole: from a file to the book, by a process of its own."""

import asyncio
import csv
import hashlib
import io
import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails, ContactField
from smstui.formats import explain
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery, UnknownGroup
from smstui.services.contact_rows import Contact
from smstui.services.exporting.refusals import NoFolder
from smstui.services.groups import DynamicGroup, GroupDetails
from smstui.services.importing.imports import FileNotReadable, UnknownImport, received_file
from smstui.services.importing.mapping import FreeField, Target
from smstui.services.importing.planning import NoMobileColumn, NotCertified
from smstui.services.importing.process import FileTooDemanding, ReadingFailed
from smstui.services.importing.refusals import FileTooBig
from smstui.services.importing.sheet import FILE_LIMIT, ReadingOptions
from smstui.services.importing.values import (
    ImportCounts,
    ImportPlan,
    ImportProgress,
    ImportResult,
    ImportStage,
    RejectKind,
)
from tests.importing.files import excel_xlsx, sheet_xml, unzipped, zipped
from tests.support import START

each_database = pytest.mark.each_database
CERTIFIED = "I certify it"
MOBILE, LAST, FIRST, EMAIL = (
    ContactField.MOBILE,
    ContactField.LAST_NAME,
    ContactField.FIRST_NAME,
    ContactField.EMAIL,
)
GUIDE = b"""Dupont,Hugo,tech@smsmode.com,601010101
Leduc,Marie,tech@smsmode.com,602020202
Desmoineaux,Claude,tech@smsmode.com,603030303
Henry,Franis,tech@smsmode.com,604040404
"""


def plan(*mapping: Target | None, header: bool = False, **more: object) -> ImportPlan:
    return ImportPlan(ReadingOptions(), mapping, header, CERTIFIED, **more)  # type: ignore[arg-type]


async def imported(backend: Backend, actor: Actor, text: str | bytes, wanted: ImportPlan) -> ImportResult:
    octets = text.encode() if isinstance(text, str) else text
    result = await backend.imports.run(actor, received_file("contacts.csv", octets), wanted)
    assert result is not None
    return result


async def book(backend: Backend, actor: Actor) -> tuple[Contact, ...]:
    return await backend.contacts.rows(actor, await backend.contacts.ids(actor, ContactQuery()))


async def names(backend: Backend, actor: Actor) -> list[str]:
    return [f"{each.details.last_name} {each.mobile}" for each in await book(backend, actor)]


def many(count: int) -> str:
    return "\n".join(f"Name{index};0601{index:06}" for index in range(count))


@each_database
async def test_the_sample_of_the_guide_with_what_is_guessed(backend: Backend, actor: Actor) -> None:
    file = received_file("modele-2.csv", GUIDE)
    look = await backend.imports.look(actor, file, ReadingOptions())
    assert (look.rows, look.separator, look.has_header) == (4, ",", False)
    guesses = tuple(column.guess for column in look.columns)
    assert guesses == (LAST, FIRST, EMAIL, MOBILE)
    assert (look.columns[3].mobiles, look.columns[3].looked_at) == (4, 4)
    result = await imported(backend, actor, GUIDE, plan(*guesses, new_groups=("Club de lecture",)))
    assert result.counts == ImportCounts(rows=4, created=4)
    assert result.groups == ("Club de lecture",)
    found = await book(backend, actor)
    assert [each.mobile for each in found] == ["+33603030303", "+33601010101", "+33604040404", "+33602020202"]
    assert found[1].details == ContactDetails("+33601010101", "Dupont", "Hugo", "tech@smsmode.com")
    assert {each.groups for each in found} == {("Club de lecture",)}
    assert [each.mobile for each in await book(backend, actor) if "leduc" in each.details.last_name.lower()]


@each_database
async def test_each_row_is_counted_once_and_told_with_its_line(backend: Backend, actor: Actor) -> None:
    await backend.contacts.add(actor, ContactDetails("+33601000001", "Already"))
    await backend.contacts.add(actor, ContactDetails("+33601000002", "Old"))
    await backend.opt_outs.add(actor, "0601000009")
    text = """Name;Mobile
        Already;0601000001
        New name;0601000002
        Created;0601000003

        Again;+33 6 01 00 00 03
        Stop;0601000009
        Landline;0144556677
        Nobody;
        Wrong;+336010304
        """
    result = await imported(backend, actor, text, plan(LAST, MOBILE, header=True))
    assert result.counts == ImportCounts(
        rows=8, created=1, updated=1, unchanged=1, duplicates=1, opted_out=1, refused=3
    )
    rejects = await backend.imports.rejects(actor, result.id)
    told = [(each.line, each.kind.value, each.reason) for each in rejects]
    assert told == [
        (6, "duplicate", "The number of line 4 again."),
        (7, "opted_out", "+33601000009 is on the STOP list."),
        (8, "refused", "“0144556677” is a landline: it can't receive SMS."),
        (9, "refused", "There is no number on this line."),
        (10, "refused", "“+336010304” is not a valid number: it is too short, digits are missing."),
    ]
    assert await names(backend, actor) == [
        "Already +33601000001",
        "Created +33601000003",
        "New name +33601000002",
    ]


@each_database
async def test_what_the_file_does_not_know_stays_in_the_book(backend: Backend, actor: Actor) -> None:
    details = ContactDetails("+33601000001", "Dupont", "Hugo", "h@example.com", extra=(("Shop", "Lyon"),))
    known = await backend.contacts.add(actor, details)
    group = await backend.groups.add(actor, GroupDetails("Before"))
    await backend.groups.add_members(actor, group.id, [known.id])
    await backend.free_fields.add(actor, "Shop")
    await backend.free_fields.add(actor, "Size")
    text = "0601000001;;Marie;-;42"
    wanted = plan(MOBILE, LAST, FIRST, EMAIL, FreeField("Size"), new_groups=("After",))
    assert (await imported(backend, actor, text, wanted)).counts == ImportCounts(rows=1, updated=1)
    [found] = await book(backend, actor)
    assert found.details == ContactDetails(
        "+33601000001", "Dupont", "Marie", "h@example.com", extra=(("Shop", "Lyon"), ("Size", "42"))
    )
    assert found.groups == ("After", "Before")
    assert (await imported(backend, actor, text, wanted)).counts == ImportCounts(rows=1, unchanged=1)
    assert (await backend.contacts.ids(actor, ContactQuery("marie"))).tolist() == [known.id]


async def test_a_value_that_cannot_be_read_is_left_out_and_told(backend: Backend, actor: Actor) -> None:
    text = "0601000001;not an address;31/02/1990\n0601000002;b@example.com;1990-12-31"
    result = await imported(backend, actor, text, plan(MOBILE, EMAIL, ContactField.BIRTH_DATE))
    assert result.counts == ImportCounts(rows=2, created=2, incomplete=1)
    rejects = await backend.imports.rejects(actor, result.id)
    assert [(each.line, each.kind) for each in rejects] == [(1, RejectKind.INCOMPLETE)] * 2
    first, second = await book(backend, actor)
    assert (first.details.email, first.details.birth_date) == ("", None)
    assert second.details.email == "b@example.com"


@each_database
async def test_the_same_file_again_changes_nothing(backend: Backend, actor: Actor) -> None:
    await imported(backend, actor, many(3000), plan(LAST, MOBILE))
    before = await book(backend, actor)
    result = await imported(backend, actor, many(3000), plan(LAST, MOBILE))
    assert result.counts == ImportCounts(rows=3000, unchanged=3000)
    assert await book(backend, actor) == before


@each_database
async def test_two_imports_at_once_leave_one_contact_a_number(backend: Backend, actor: Actor) -> None:
    results = await asyncio.gather(*(imported(backend, actor, many(5000), plan(LAST, MOBILE)) for _ in range(2)))
    assert sorted(each.counts.created for each in results) == [0, 5000]
    assert await backend.contacts.count(actor, ContactQuery()) == 5000


@each_database
async def test_books_are_apart(backend: Backend, actor: Actor, other: Actor) -> None:
    group = await backend.groups.add(other, GroupDetails("Theirs"))
    await imported(backend, other, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE))
    result = await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE))
    assert result.counts.created == 4
    with pytest.raises(UnknownGroup):
        await imported(backend, actor, many(3), plan(LAST, MOBILE, group_ids=(group.id,)))
    assert await backend.contacts.count(actor, ContactQuery()) == 4
    with pytest.raises(UnknownImport):
        await backend.imports.get(other, result.id)
    with pytest.raises(UnknownImport):
        await backend.imports.rejects(other, result.id)
    assert [each.id for each in await backend.imports.list(actor)] == [result.id]


@each_database
async def test_the_proof_is_kept(backend: Backend, actor: Actor) -> None:
    result = await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE))
    [kept] = await backend.imports.list(actor)
    assert kept == result
    assert (kept.file_name, kept.size, kept.certified_by) == ("contacts.csv", len(GUIDE), "shop")
    assert kept.sha256 == hashlib.sha256(GUIDE).hexdigest()
    assert kept.certified_at == START
    assert [each.action for each in await backend.audit.list(actor)] == [AuditAction.CONTACTS_IMPORTED]


async def test_nothing_is_imported_without_certification(backend: Backend, actor: Actor) -> None:
    wanted = ImportPlan(ReadingOptions(), (LAST, FIRST, EMAIL, MOBILE), False, "")
    with pytest.raises(NotCertified):
        await imported(backend, actor, GUIDE, wanted)
    assert not await book(backend, actor)


async def test_a_mapping_needs_the_number_once(backend: Backend, actor: Actor) -> None:
    for mapping, sentence in (
        ((LAST, FIRST, None, None), "Say which column holds the mobile numbers."),
        ((LAST, MOBILE, None, MOBILE), "Two columns can't both be “Mobile”: choose one of them."),
        ((LAST, FIRST, None, None, MOBILE), "The file has 4 columns only."),
    ):
        with pytest.raises(Exception) as raised:  # noqa: PT011
            await imported(backend, actor, GUIDE, plan(*mapping))
        assert explain(raised.value) == sentence  # type: ignore[arg-type]
    assert not issubclass(NoMobileColumn, NotCertified)
    assert not await backend.imports.list(actor)


async def test_a_dynamic_group_takes_nobody(backend: Backend, actor: Actor) -> None:
    group = await backend.groups.add(actor, GroupDetails("Found", filter="dupont"))
    with pytest.raises(DynamicGroup):
        await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE, group_ids=(group.id,)))
    assert not await book(backend, actor)


async def test_a_new_group_that_is_there_is_taken(backend: Backend, actor: Actor) -> None:
    await backend.groups.add(actor, GroupDetails("Été"))
    await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE, new_groups=("ete",)))
    assert [(each.name, each.contacts) for each in await backend.groups.list(actor)] == [("Été", 4)]


async def test_the_rejects_corrected_are_imported(backend: Backend, actor: Actor) -> None:
    text = "Dupont;060101\n=cmd;0144556677\nMartin;0601000001"
    result = await imported(backend, actor, text, plan(LAST, MOBILE))
    file = (await backend.imports.rejects_file(actor, result.id)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert rows[0] == ["Name", "Mobile", "Line", "Outcome", "Reason"]
    assert [row[:4] for row in rows[1:]] == [
        ["Dupont", "060101", "1", "refused"],
        ["'=cmd", "0144556677", "2", "refused"],
    ]
    mended = file.replace("060101;", "0601010101;").replace("0144556677;", "0601010102;")
    again = received_file("rejects.csv", mended.encode())
    look = await backend.imports.look(actor, again, ReadingOptions())
    assert (look.has_header, look.columns[1].guess) == (True, MOBILE)
    result = await imported(backend, actor, mended, plan(LAST, MOBILE, header=True))
    assert result.counts.created == 2
    assert "=cmd +33601010102" in await names(backend, actor)


@each_database
async def test_cancelled_before_it_is_written_nothing_is(backend: Backend, actor: Actor) -> None:
    cancelled = asyncio.Event()

    def told(progress: ImportProgress) -> None:
        cancelled.set()

    file = received_file("contacts.csv", many(50_000).encode())
    assert await backend.imports.run(actor, file, plan(LAST, MOBILE), told, cancelled) is None
    assert not await book(backend, actor)
    assert not await backend.imports.list(actor)


@each_database
async def test_cancelled_while_it_is_written_it_is_whole_or_nothing(backend: Backend, actor: Actor) -> None:
    cancelled = asyncio.Event()

    def told(progress: ImportProgress) -> None:
        if progress.stage is ImportStage.WRITING:
            cancelled.set()

    file = received_file("contacts.csv", many(20_000).encode())
    result = await backend.imports.run(actor, file, plan(LAST, MOBILE), told, cancelled)
    assert await backend.contacts.count(actor, ContactQuery()) == (0 if result is None else 20_000)
    assert len(await backend.imports.list(actor)) == (result is not None)
    await imported(backend, actor, many(20_000), plan(LAST, MOBILE))
    assert await backend.contacts.count(actor, ContactQuery()) == 20_000


def children() -> set[int]:
    task = Path("/proc/self/task")
    return {int(pid) for each in task.iterdir() for pid in (each / "children").read_text().split()}


@each_database
@pytest.mark.parametrize("stage", ImportStage)
async def test_a_killed_process_leaves_the_book_as_it_was(backend: Backend, actor: Actor, stage: ImportStage) -> None:
    await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE))
    others = children()

    def told(progress: ImportProgress) -> None:
        if progress.stage is stage:
            for pid in children() - others:
                os.kill(pid, signal.SIGKILL)

    file = received_file("contacts.csv", many(20_000).encode())
    with pytest.raises(ReadingFailed):
        await backend.imports.run(actor, file, plan(LAST, MOBILE), told)
    assert await backend.contacts.count(actor, ContactQuery()) == 4
    assert (await imported(backend, actor, many(20_000), plan(LAST, MOBILE))).counts.created == 19_999


_PARENT = """
import asyncio, sys
from smstui.domain.actor import Actor, Role
from smstui.domain.clock import SystemClock
from smstui.domain.contact import ContactField
from smstui.services.backend import Backend
from smstui.services.importing.imports import received_file
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ImportPlan
from smstui.storage.database import Database

async def main():
    database = await Database.open(sys.argv[1])
    backend = Backend(database, SystemClock())
    text = "\\n".join(f"Name{index};0601{index:06}" for index in range(50_000))
    plan = ImportPlan(ReadingOptions(), (ContactField.LAST_NAME, ContactField.MOBILE), False, "certified")
    file = received_file("c.csv", text.encode())
    told = lambda progress: print(progress.stage, flush=True)
    await backend.imports.run(Actor(int(sys.argv[2]), "shop", Role.USER, "en"), file, plan, told)

asyncio.run(main())
"""


@each_database
@pytest.mark.parametrize("stage", ImportStage)
async def test_a_killed_program_leaves_it_whole_or_nothing(
    backend: Backend, actor: Actor, database_url: str, stage: ImportStage
) -> None:
    command = (sys.executable, "-c", _PARENT, database_url, str(actor.account_id))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := await process.stdout.readline():
            if line.decode().strip() == stage:
                break
        process.kill()
        await process.wait()
        result = await backend.imports.run(actor, received_file("c.csv", many(50_000).encode()), plan(LAST, MOBILE))
    assert result is not None
    assert result.counts.created in {0, 50_000}
    assert result.counts.created + result.counts.unchanged == 50_000
    assert await backend.contacts.count(actor, ContactQuery()) == 50_000


async def test_files_that_are_none(backend: Backend, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing.csv", tmp_path, tmp_path / "pipe", Path("nul\0.csv")):
        with pytest.raises(FileNotReadable):
            await backend.imports.open(path)
    big = tmp_path / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(FILE_LIMIT + 1)
    with pytest.raises(FileTooBig) as raised:
        await backend.imports.open(big)
    assert "10 MB" in explain(raised.value)


def amplifying_workbook() -> bytes:
    """A small file that one long text, used again and again, makes enormous."""
    parts = unzipped(excel_xlsx([["x" * 30_000]]))
    cells = '<c t="s"><v>0</v></c>' * 20
    name = next(name for name in parts if "worksheets/" in name)
    parts[name] = sheet_xml(f"<row>{cells}</row>" * 5_000).encode()
    return zipped(parts)


async def test_a_file_that_asks_for_much_memory_is_refused(backend: Backend, actor: Actor) -> None:
    file = received_file("contacts.xlsx", amplifying_workbook())
    assert len(file.octets) < 100_000
    with pytest.raises(FileTooDemanding):
        await backend.imports.look(actor, file, ReadingOptions())
    with pytest.raises(FileTooDemanding):
        await backend.imports.run(actor, file, plan(MOBILE))
    assert not await book(backend, actor)


async def test_without_room_for_the_file_it_says_so(
    backend: Backend, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NoFolder):
        await imported(backend, actor, GUIDE, plan(LAST, FIRST, EMAIL, MOBILE))
    assert not await book(backend, actor)


async def test_names_of_others_act_on_nothing(backend: Backend, actor: Actor) -> None:
    name = "[@click=app.quit]x[/]\x1b[2J\u202e"
    result = await imported(backend, actor, f"{name};0601000001\n{name};12", plan(LAST, MOBILE))
    [found] = await book(backend, actor)
    assert found.details.last_name == name
    [reject] = await backend.imports.rejects(actor, result.id)
    assert reject.cells[0] == name
