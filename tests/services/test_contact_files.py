"""Files of contacts and groups: whole or not there, read back as they were, never a formula."""

import asyncio
import csv
import io
import os
import stat
import subprocess
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smstui.domain.actor import Actor
from smstui.domain.contact import ContactDetails, clean_text
from smstui.domain.errors import Refusal
from smstui.domain.spreadsheet_text import unguarded
from smstui.services.audit import AuditAction
from smstui.services.backend import Backend
from smstui.services.contact_query import ContactQuery, UnknownGroup
from smstui.services.exporting import workbook
from smstui.services.exporting.refusals import (
    FileNotWritable,
    FileThere,
    NoFolder,
    NoRoomForFile,
    TooBigForWorkbook,
    UnknownTableKind,
)
from smstui.services.exporting.tables import CsvTable, TableFile, new_table
from smstui.services.exporting.workbook import Workbook
from smstui.services.groups import GroupDetails
from smstui.services.importing.imports import read_file
from smstui.services.importing.sheet import ReadingOptions
from smstui.services.importing.values import ImportPlan
from tests.faults.disks import small_disk
from tests.screens.book import crowd

ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
EVERYBODY = ContactQuery()
HUGO = ContactDetails("+33601010101", "Dupont", "Hugo", "tech@smsmode.com")
ZOE = ContactDetails(
    "+262692123456",
    "=1+1",
    'Zoë; "dite" l\'Été',
    title="Dr",
    birth_date=date(1990, 12, 31),
    company="@SUM(A1)",
    address="-1 rue de la Paix",
    extra=(("Boutique", "'=Lyon"),),
)
FORMS = [".csv", ".xlsx"]
KINDS = pytest.mark.parametrize("ending", FORMS)


def _files(folder: Path) -> list[Path]:
    """All but those of the database."""
    return sorted(each for each in folder.rglob("*") if not each.name.startswith("smstui.db"))


def _read(path: Path) -> list[list[str]]:
    """The table in a file, as other programs read it."""
    return _rows_of_csv(path.read_bytes()) if path.suffix == ".csv" else _rows_of_xlsx(path)


def _rows_of_csv(octets: bytes) -> list[list[str]]:
    assert octets.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";")
    return [[unguarded(cell) for cell in row] for row in rows]


def _rows_of_xlsx(source: Path | io.BytesIO) -> list[list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(source)
    (sheet,) = book.worksheets
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.value is None or (cell.data_type, cell.number_format) == ("s", "@")
    return [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


@pytest.fixture
async def filled(backend: Backend, new_account: Callable[..., object]) -> Actor:
    """A French account with two contacts, two groups and a free field."""
    actor = replace(await new_account("boutique"), language="fr")  # type: ignore[misc,type-var]
    await backend.free_fields.add(actor, "Boutique")
    groups = [(await backend.groups.add(actor, GroupDetails(name, "=A1"))).id for name in ("Été", "Club, lecture")]
    await backend.contacts.add(actor, HUGO)
    await backend.contacts.add(actor, ZOE, groups)
    return actor


@KINDS
async def test_contacts_with_all_their_fields_in_the_language_of_the_account(
    backend: Backend, filled: Actor, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"contacts{ending}"
    assert await backend.contact_files.export_contacts(filled, path, ContactQuery()) == 2
    header, *rows = _read(path)
    assert header == [
        *("Nom", "Prénom", "Email", "Mobile", "Civilité", "Date de naissance", "Société", "Adresse"),
        *("Boutique", "Groupes"),
    ]
    assert rows == [
        [
            *(ZOE.last_name, ZOE.first_name, "", ZOE.mobile, "Dr", "31/12/1990", ZOE.company, ZOE.address),
            *("'=Lyon", "Club, lecture, Été"),
        ],
        ["Dupont", "Hugo", "tech@smsmode.com", HUGO.mobile, "", "", "", "", "", ""],
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _files(tmp_path) == [path]
    (entry,) = await backend.audit.list(filled)
    assert (entry.action, entry.subject) == (AuditAction.CONTACTS_EXPORTED, f"contacts{ending}: 2")


async def test_no_cell_of_a_csv_file_is_a_formula(backend: Backend, filled: Actor, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    await backend.contact_files.export_contacts(filled, path, EVERYBODY)
    octets = path.read_bytes()
    assert octets.count(b"\r\n") == octets.count(b"\n") == 3
    cells = [cell for row in csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";") for cell in row]
    assert {cell for cell in cells if cell[:1] in {*"=+-@"}} == {HUGO.mobile, ZOE.mobile}


async def test_english_accounts_read_english(backend: Backend, actor: Actor, tmp_path: Path) -> None:
    await backend.contacts.add(actor, replace(HUGO, birth_date=date(1990, 12, 31)))
    await backend.contact_files.export_contacts(actor, tmp_path / "contacts.csv", EVERYBODY)
    header, row = _read(tmp_path / "contacts.csv")
    assert header[:4] + header[-1:] == ["Name", "First name", "E-mail", "Mobile", "Groups"]
    assert row[5] == "1990-12-31"


@KINDS
async def test_a_part_of_the_book(backend: Backend, filled: Actor, tmp_path: Path, ending: str) -> None:
    hugo = await backend.contacts.find(filled, HUGO.mobile)
    club = await backend.groups.find(filled, "Été")
    assert hugo is not None
    for chosen, mobiles in (
        (ContactQuery("dupont"), [HUGO.mobile]),
        (ContactQuery(group_id=club.id), [ZOE.mobile]),
        ([hugo.id, hugo.id + 100], [HUGO.mobile]),
        (ContactQuery("nobody"), []),
        ([], []),
    ):
        path = tmp_path / f"part{ending}"
        count = await backend.contact_files.export_contacts(filled, path, chosen, overwrite=True)
        assert [row[3] for row in _read(path)[1:]] == mobiles
        assert count == len(mobiles)


@pytest.mark.each_database
async def test_an_account_takes_out_nothing_of_anothers(
    backend: Backend, actor: Actor, other: Actor, tmp_path: Path
) -> None:
    club = await backend.groups.add(actor, GroupDetails("Club"))
    hugo = await backend.contacts.add(actor, HUGO, [club.id])
    path = tmp_path / "contacts.csv"
    assert await backend.contact_files.export_contacts(other, path, EVERYBODY) == 0
    assert await backend.contact_files.export_contacts(other, path, [hugo.id], overwrite=True) == 0
    assert await backend.contact_files.export_groups(other, path, [club.id], overwrite=True) == 0
    assert await backend.contact_files.stream_contacts(other, io.BytesIO(), [hugo.id]) == 0
    with pytest.raises(UnknownGroup):
        await backend.contact_files.export_contacts(other, path, ContactQuery(group_id=club.id), overwrite=True)
    assert len(_read(path)) == 1
    assert await backend.audit.list(actor) == ()


@KINDS
async def test_groups(backend: Backend, filled: Actor, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"groups{ending}"
    assert await backend.contact_files.export_groups(filled, path) == 2
    assert _read(path) == [
        ["Nom du groupe", "Description", "Contacts"],
        ["Club, lecture", "=A1", "1"],
        ["Été", "=A1", "1"],
    ]
    club = await backend.groups.find(filled, "Été")
    assert await backend.contact_files.export_groups(filled, path, [club.id], overwrite=True) == 1
    stream = io.BytesIO()
    assert await backend.contact_files.stream_groups(filled, stream) == 2
    assert len(_rows_of_csv(stream.getvalue())) == 3


async def test_a_stream_gets_the_same_csv(backend: Backend, filled: Actor, tmp_path: Path) -> None:
    stream = io.BytesIO()
    assert await backend.contact_files.stream_contacts(filled, stream, EVERYBODY) == 2
    await backend.contact_files.export_contacts(filled, tmp_path / "contacts.csv", EVERYBODY)
    assert stream.getvalue() == (tmp_path / "contacts.csv").read_bytes()
    assert [each.subject for each in await backend.audit.list(filled)] == ["contacts.csv: 2", "-: 2"]


async def test_the_models_of_the_guide(backend: Backend, tmp_path: Path) -> None:
    await backend.contact_files.write_model(tmp_path / "model.XLSX")
    assert _read(tmp_path / "model.XLSX") == [
        ["Nom", "Prénom", "Email", "Mobile"],
        ["Dupont", "Hugo", "tech@smsmode.com", "601010101"],
        ["Leduc", "Marie", "tech@smsmode.com", "602020202"],
        ["Desmoineau", "Claude", "tech@smsmode.com", "603030303"],
        ["Henry", "Francis", "tech@smsmode.com", "604040404"],
    ]
    await backend.contact_files.write_model(tmp_path / "model.csv")
    assert (tmp_path / "model.csv").read_text("utf-8") == (
        "Dupont,Hugo,tech@smsmode.com,601010101\n"
        "Leduc,Marie,tech@smsmode.com,602020202\n"
        "Desmoineaux,Claude,tech@smsmode.com,603030303\n"
        "Henry,Franis,tech@smsmode.com,604040404\n"
    )
    for name in ("model.XLSX", "model.csv"):
        with pytest.raises(FileThere):
            await backend.contact_files.write_model(tmp_path / name)
        await backend.contact_files.write_model(tmp_path / name, overwrite=True)


@KINDS
async def test_our_own_export_is_imported_as_it_was(
    backend: Backend, filled: Actor, other: Actor, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"contacts{ending}"
    await backend.contact_files.export_contacts(filled, path, EVERYBODY)
    await backend.free_fields.add(other, "Boutique")
    file = read_file(path)
    look = await backend.imports.look(other, file, ReadingOptions())
    assert look.has_header
    plan = ImportPlan(ReadingOptions(), tuple(each.guess for each in look.columns), True, "I certify it")
    assert await backend.imports.run(other, file, plan) is not None
    ids = await backend.contacts.ids(other, EVERYBODY)
    assert [each.details for each in await backend.contacts.rows(other, ids)] == [ZOE, HUGO]


CELLS = st.text(max_size=30).map(clean_text) | st.sampled_from(["=1+1", "+33601020304", "-1", "@x", "'=x", "'", "''-"])
TABLES = st.integers(1, 30).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))


@given(TABLES)
@example([["=1+1", "\t=1", "a;b", 'a"b', "+33601020304", "+1-1", "''=1", "_x0041_"]])
def test_any_table_is_read_back_from_csv(table: list[list[str]]) -> None:
    stream = io.BytesIO()
    written = CsvTable(stream)
    written.begin(table[0])
    written.append(table[1:])
    written.close()
    assert _rows_of_csv(stream.getvalue()) == table


@settings(max_examples=40)
@given(TABLES)
@example([["=1+1", "<a>&amp;", "  x ", "\x01\x1b\ufffe", "a\nb", "+33601020304", "x" * 40_000]])
def test_any_table_is_read_back_from_xlsx(table: list[list[str]]) -> None:
    stream = io.BytesIO()
    written = Workbook(stream)
    written.begin(table[0])
    for row in table[1:]:
        written.append([row])
    written.close()
    rows = _rows_of_xlsx(stream)
    width = len(table[0])
    padded = [row + [""] * (width - len(row)) for row in rows]
    unwritable = str.maketrans(
        {chr(code): "\ufffd" for code in (*range(32), 0xFFFE, 0xFFFF) if code not in {9, 10, 13}}
    )
    expected = [[cell.translate(unwritable)[:32_767] for cell in row] for row in table]
    assert padded + [[""] * width] * (len(table) - len(rows)) == expected


def test_columns_beyond_z() -> None:
    stream = io.BytesIO()
    written = Workbook(stream)
    header = [f"Column {number}" for number in range(800)]
    written.begin(header)
    written.close()
    assert _rows_of_xlsx(stream) == [header]


async def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = tmp_path / "x.csv"

    async def export(meanwhile: Callable[[], object]) -> None:
        async with new_table(path, ["a"], overwrite=False):
            meanwhile()

    await export(lambda: None)
    assert _read(path) == [["a"]]
    path.unlink()
    with pytest.raises(FileThere):
        await export(lambda: path.write_text("mine"))
    assert _files(tmp_path) == [path]
    assert path.read_text() == "mine"


def _a_file(folder: Path) -> Path:
    path = folder / "there.csv"
    path.write_text("mine")
    return path


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        (lambda folder: folder / "none" / "x.csv", NoFolder),
        (lambda folder: _a_file(folder) / "x.csv", NoFolder),
        (_a_file, FileThere),
        (lambda folder: (folder / "x.csv").mkdir() or folder / "x.csv", FileNotWritable),
        (lambda folder: folder / "x\0.csv", FileNotWritable),
        (lambda folder: folder / f"{'x' * 300}.csv", FileNotWritable),
        (lambda folder: Path("/proc/x.csv"), FileNotWritable),
        (lambda folder: folder / "contacts.pdf", UnknownTableKind),
        (lambda folder: folder / "contacts", UnknownTableKind),
        (lambda folder: folder / ".csv", UnknownTableKind),
    ],
)
async def test_places_where_nothing_is_written(
    backend: Backend, filled: Actor, tmp_path: Path, place: Callable[[Path], Path], refusal: type[Refusal]
) -> None:
    path = place(tmp_path)
    before = _files(tmp_path)
    for attempt in (
        backend.contact_files.export_contacts(filled, path, EVERYBODY),
        backend.contact_files.export_groups(filled, path),
        backend.contact_files.write_model(path),
    ):
        with pytest.raises(refusal):
            await attempt
    assert _files(tmp_path) == before
    assert [each.read_text() for each in before if each.is_file()] in ([], ["mine"])
    assert await backend.audit.list(filled) == ()


async def test_replacing_a_file_when_that_is_said(backend: Backend, filled: Actor, tmp_path: Path) -> None:
    path, link = _a_file(tmp_path), tmp_path / "link.csv"
    path.chmod(0o640)
    link.symlink_to(path)
    assert await backend.contact_files.export_contacts(filled, link, EVERYBODY, overwrite=True) == 2
    assert link.is_symlink()
    assert len(_read(path)) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@KINDS
async def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"

    async def export() -> None:
        async with new_table(path, ["a"], overwrite=False) as append:
            await append([["1"]])
            path.write_text("mine")

    with pytest.raises(FileThere):
        await export()
    assert path.read_text() == "mine"
    assert _files(tmp_path) == [path]


@pytest.fixture
def full_disk() -> Iterator[Path]:
    with small_disk(1) as disk:
        yield disk


@pytest.fixture
def locked_disk(full_disk: Path) -> Path:
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    return full_disk


@ONLY_ROOT
async def test_a_folder_that_may_not_be_written_to(backend: Backend, filled: Actor, locked_disk: Path) -> None:
    with pytest.raises(FileNotWritable):
        await backend.contact_files.export_contacts(filled, locked_disk / "x.csv", EVERYBODY)


@ONLY_ROOT
@KINDS
@pytest.mark.parametrize("rows", [100, 1000])
async def test_a_full_disk_is_told_and_keeps_nothing(full_disk: Path, ending: str, rows: int) -> None:
    (full_disk / "big").write_bytes(bytes(1024 * 1024 - 4096))
    path = full_disk / f"x{ending}"

    async def export() -> None:
        async with new_table(path, ["a"], overwrite=False) as append:
            for _ in range(rows):
                await append([[os.urandom(64).hex()]])

    with pytest.raises(NoRoomForFile):
        await export()
    assert _files(full_disk) == [full_disk / "big"]


@KINDS
async def test_an_export_that_is_cancelled_leaves_nothing(
    backend: Backend, actor: Actor, tmp_path: Path, ending: str
) -> None:
    await crowd(backend, actor, 5000)
    heard: list[tuple[int, int]] = []

    def told(done: int, of: int) -> None:
        heard.append((done, of))
        if done >= 2000:
            export.cancel()

    path = tmp_path / f"contacts{ending}"
    export = asyncio.create_task(backend.contact_files.export_contacts(actor, path, EVERYBODY, told=told))
    with pytest.raises(asyncio.CancelledError):
        await export
    assert heard[-1] == (2000, 5000)
    assert _files(tmp_path) == []
    assert await backend.audit.list(actor) == ()


@KINDS
async def test_all_of_a_long_book_comes_out_while_the_progress_is_told(
    backend: Backend, actor: Actor, tmp_path: Path, ending: str
) -> None:
    await crowd(backend, actor, 5000)
    heard: list[int] = []
    path = tmp_path / f"contacts{ending}"
    done = await backend.contact_files.export_contacts(actor, path, EVERYBODY, told=lambda done, of: heard.append(done))
    assert (done, heard[-1], heard) == (5000, 5000, sorted(heard))
    assert len({row[3] for row in _read(path)[1:]}) == 5000


@KINDS
async def test_a_contact_deleted_meanwhile_is_left_out(
    backend: Backend, actor: Actor, tmp_path: Path, ending: str
) -> None:
    await crowd(backend, actor, 2000)
    ids = await backend.contacts.ids(actor, EVERYBODY)
    await backend.contacts.remove(actor, ids[1000:1500])
    path = tmp_path / f"contacts{ending}"
    assert await backend.contact_files.export_contacts(actor, path, ids) == 1500
    assert len(_read(path)) == 1501


def test_more_than_a_workbook_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    written = Workbook(io.BytesIO())
    written.begin(["a"])
    written.append([["1"], ["2"]])
    with pytest.raises(TooBigForWorkbook):
        written.append([["3"]])
    written.abandon()


@KINDS
def test_a_file_that_is_given_up_at_any_moment_leaves_nothing(tmp_path: Path, ending: str) -> None:
    steps: Sequence[Callable[[TableFile], object]] = (
        lambda file: file.begin(["a"]),
        lambda file: file.append([["1"]]),
    )
    for done in range(len(steps) + 1):
        file = TableFile(tmp_path / f"x{ending}", overwrite=False)
        for step in steps[:done]:
            step(file)
        file.discard()
        file.discard()
        assert list(tmp_path.iterdir()) == []
    file = TableFile(tmp_path / f"x{ending}", overwrite=False)
    for step in steps:
        step(file)
    file.finish()
    file.discard()
    assert _read(tmp_path / f"x{ending}") == [["a"], ["1"]]
