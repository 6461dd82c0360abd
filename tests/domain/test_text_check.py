"""`smstui text check`: what scripts and people get."""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smstui.cli.main import run
from smstui.domain.text import measure


class Answer:
    """What a run printed, and how it ended."""

    def __init__(self, code: int, out: bytes, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def documents(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.decode("utf-8").splitlines()]


def check(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Answer:
    code = run(["text", "check", *arguments])
    out, err = capfdbinary.readouterr()
    return Answer(code, out, err.decode())


def check_lines(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, content: bytes, *options: str) -> Answer:
    (tmp_path / "texts.jsonl").write_bytes(content)
    return check(capfdbinary, "--jsonl", str(tmp_path / "texts.jsonl"), *options)


def test_one_text_as_json(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = check(capfdbinary, "--json", "Noël ’à’ 5€\r\n")
    assert answer.code == 0
    assert "Noël".encode() in answer.out
    assert answer.documents == [
        {
            "encoding": "UCS-2",
            "units": 13,
            "segments": 1,
            "parts": ["Noël ’à’ 5€\r\n"],
            "replacements": [{"before": "ë", "after": "e", "count": 1}, {"before": "’", "after": "'", "count": 2}],
        }
    ]


def test_one_text_for_people_with_stop(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = check(capfdbinary, "--stop", "\x1b[31mê😀\u202e")
    shown = answer.out.decode()
    assert answer.code == 0
    assert "STOP 36034" in shown
    assert "ê → e" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_document_a_line(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    answer = check_lines(capfdbinary, tmp_path, b'\xef\xbb\xbf""\r\n"a\\u2028b\\u0085"\n"\xc3\xa9"')
    assert answer.code == 0
    assert [document["parts"] for document in answer.documents] == [[], ["a\u2028b\x85"], ["é"]]
    assert [document["segments"] for document in answer.documents] == [0, 1, 1]


def test_stop_is_added_to_every_line(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    answer = check_lines(capfdbinary, tmp_path, b'""\n"a"\n', "--stop")
    assert [document["parts"] for document in answer.documents] == [["STOP 36034"], ["a STOP 36034"]]


def test_standard_input(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'"a"\n')))
    assert check(capfdbinary, "--jsonl", "-").documents[0]["units"] == 1


@pytest.mark.parametrize(
    "line", [b"12", b"null", b"", b"bonjour", b'["a"]', b'"a', b'"\xe9"', b"[" * 100_000, b"1" * 5000]
)
def test_a_line_that_is_not_a_text(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, line: bytes) -> None:
    answer = check_lines(capfdbinary, tmp_path, b'"a"\n' + line + b'\n"b"\n')
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    assert "2" in answer.err


@pytest.mark.parametrize("arguments", [(), ("a", "--jsonl", "-"), ("--jsonl", "/nowhere/at/all")])
def test_wrong_usage(capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...]) -> None:
    assert check(capfdbinary, *arguments).code == 2


@given(st.lists(st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc"])))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_texts_come_back_whole(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, texts: list[str]) -> None:
    content = "".join(f"{json.dumps(text)}\n" for text in texts).encode()
    answer = check_lines(capfdbinary, tmp_path, content)
    whole = [json.loads(json.dumps(text)) for text in texts]
    assert answer.code == 0
    assert ["".join(document["parts"]) for document in answer.documents] == whole
    assert [document["units"] for document in answer.documents] == [measure(text).units for text in whole]
