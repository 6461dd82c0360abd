"""The byte stream, however it is split, and whatever it holds."""

from hypothesis import given
from hypothesis import strategies as st

from smstui.smpp.framing import Frame, Framer
from smstui.smpp.wire import MAX_COMMAND_LENGTH, pdu

U32 = st.integers(0, 0xFFFFFFFF)
FRAMES = st.lists(st.tuples(U32, U32, U32, st.binary(max_size=60)), max_size=8)


def encode(frames: list[Frame]) -> bytes:
    return b"".join(pdu(command, sequence, body, status) for command, status, sequence, body in frames)


@given(FRAMES, st.lists(st.integers(0, 600), max_size=12))
def test_any_split_gives_the_same_pdus(frames: list[Frame], cuts: list[int]) -> None:
    stream, framer, got = encode(frames), Framer(), []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(stream)], strict=True):
        got += framer.feed(stream[start:end])
    assert got == frames


@given(FRAMES)
def test_one_octet_at_a_time(frames: list[Frame]) -> None:
    framer = Framer()
    assert [frame for octet in encode(frames) for frame in framer.feed(bytes((octet,)))] == frames


@given(FRAMES, st.integers(0, 15) | st.integers(MAX_COMMAND_LENGTH + 1, 0xFFFFFFFF))
def test_a_bad_length_ends_the_stream_after_what_came_before(frames: list[Frame], length: int) -> None:
    framer = Framer()
    assert framer.feed(encode(frames) + length.to_bytes(4, "big") + bytes(12)) == frames
    assert framer.bad_length
    assert framer.bad_length.command_length == length
    assert framer.feed(encode(frames)) == []


@given(st.lists(st.binary(max_size=200), max_size=30))
def test_garbage_is_cut_or_refused(chunks: list[bytes]) -> None:
    framer = Framer()
    for chunk in chunks:
        for *_, body in framer.feed(chunk):
            assert len(body) <= MAX_COMMAND_LENGTH


def test_the_longest_pdu() -> None:
    body = bytes(MAX_COMMAND_LENGTH - 16)
    assert Framer().feed(pdu(5, 1, body)) == [(5, 0, 1, body)]
