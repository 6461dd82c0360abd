"""What became of the messages of a campaign: as a file, and sent again when an SMSC refused them."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from smstui.smpp.simulator import Hazards
from tests.cli.conftest import Cli

HEADER = ["Number", "Contact", "State", "SMS", "Credits"]


@pytest.fixture
def hazards() -> Hazards:
    """Every message is refused."""
    return Hazards(refuse_share=1.0)


@pytest.fixture
def refused(sending: Cli) -> Cli:
    """A campaign "One" to two phones that the SMSC refused; the name of one contact looks like a formula."""
    sending("contact", "add", "0612345678", "--first-name", "=1+1")
    answer = sending("campaign", "send", "One", "--text", "Hello", "--to", "0612345678", "0612345679", "--wait")
    assert answer.code == 0, answer.err
    assert "rejected: 2" in answer.out
    assert "given back: 2 credits" in answer.out
    return sending


def test_the_messages_as_a_file(refused: Cli, tmp_path: Path) -> None:
    written = refused("campaign", "export", "One").out
    assert refused("campaign", "export", "One", "-").out == written
    header, first, second = csv.reader(io.StringIO(written.removeprefix("\ufeff")), delimiter=";")
    assert header[:5] == HEADER
    assert first[:5] == ["+33612345678", "'=1+1", "refused by the SMSC", "1", "0"]
    assert second[:2] == ["+33612345679", ""]
    assert first[-2] == "0x0000000B ESME_RINVDSTADR"
    path = tmp_path / "one.csv"
    assert refused("campaign", "export", "One", str(path)).out == f"2 messages written to {path}.\n"
    assert path.read_bytes().decode() == written
    book = tmp_path / "one.xlsx"
    assert refused("campaign", "export", "One", str(book), "--json").document == {"exported": 2, "file": str(book)}
    rows = list(openpyxl.load_workbook(book).worksheets[0].iter_rows())
    assert [cell.value for cell in rows[0]][:5] == HEADER
    assert (rows[1][1].value, rows[1][1].data_type) == ("=1+1", "s")


def test_a_file_is_replaced_only_by_force(refused: Cli, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("mine")
    assert refused("campaign", "export", "One", str(path)).refuses(str(path), "--force")
    assert path.read_text() == "mine"
    assert refused("campaign", "export", "One", str(path), "--force").code == 0
    assert "+33612345678" in path.read_text("utf-8")
    assert refused("campaign", "export", "Two").refuses("no campaign “Two”")
    assert refused("campaign", "export", "One", str(tmp_path / "one.txt")).refuses(".csv, .xlsx")
    assert refused("campaign", "export", "One", str(tmp_path / "none" / "one.csv")).refuses("create it")


def test_what_failed_is_sent_again_as_a_new_campaign(refused: Cli) -> None:
    assert refused("campaign", "resend", "One").refuses("One", "in doubt")
    again = refused("campaign", "resend", "One", "--failed", "--json").document
    assert isinstance(again, dict)
    assert (again["name"], again["recipients"], again["state"]) == ("One (resend 1)", 2, "sending")
    assert refused("campaign", "resend", "One", "--failed").refuses("One", "has failed")
    names = [line.split("  ")[0] for line in refused("campaign", "list").out.splitlines()]
    assert names == ["Campaign", "One (resend 1)", "One"]
