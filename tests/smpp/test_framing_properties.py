"""The byte stream as a hostile or broken peer may write it: cut anywhere, wrong anywhere."""

import tracemalloc
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from smstui.smpp.framing import BadLength, Frame, Framer
from smstui.smpp.wire import HEADER_LENGTH, MAX_COMMAND_LENGTH, pdu

U32 = st.integers(0, 0xFFFFFFFF)
FRAMES = st.lists(st.tuples(U32, U32, U32, st.binary(max_size=40)), max_size=6)
BAD_LENGTHS = st.integers(0, HEADER_LENGTH - 1) | st.integers(MAX_COMMAND_LENGTH + 1, 0xFFFFFFFF)
SHORT_LENGTHS = st.integers(0, 200).map(lambda length: length.to_bytes(4, "big"))
GARBAGE = st.lists(st.one_of(st.binary(max_size=60), SHORT_LENGTHS, FRAMES.map(lambda frames: encode(frames)))).map(
    b"".join
)


def encode(frames: list[Frame]) -> bytes:
    return b"".join(pdu(command, sequence, body, status) for command, status, sequence, body in frames)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """`stream` in chunks, some of which may be empty."""
    return [stream[start:end] for start, end in pairwise([0, *sorted(places), len(stream)])]


@st.composite
def chunked(draw: st.DrawFn, streams: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    stream = draw(streams)
    return stream, cut(stream, draw(st.lists(st.integers(0, len(stream)), max_size=12)))


@given(chunked(GARBAGE))
def test_chunks_never_matter_whatever_the_octets(drawn: tuple[bytes, list[bytes]]) -> None:
    stream, chunks = drawn
    whole, piecemeal = Framer(), Framer()
    frames = whole.feed(stream)
    assert [frame for chunk in chunks for frame in piecemeal.feed(chunk)] == frames
    assert piecemeal.bad_length == whole.bad_length
    assert stream.startswith(encode(frames)), "nothing is skipped, changed or read twice"


@given(chunked(GARBAGE))
def test_what_is_kept_back_is_less_than_one_pdu(drawn: tuple[bytes, list[bytes]]) -> None:
    framer, kept = Framer(), b""
    for chunk in drawn[1]:
        kept += chunk
        kept = kept[len(encode(framer.feed(chunk))) :]
        if framer.bad_length:
            break
        if len(kept) >= HEADER_LENGTH:
            assert len(kept) < int.from_bytes(kept[:4], "big") <= MAX_COMMAND_LENGTH


@given(FRAMES, BAD_LENGTHS, U32, GARBAGE, st.data())
def test_a_bad_length_ends_the_stream_at_its_place(
    frames: list[Frame], length: int, sequence: int, after: bytes, data: st.DataObject
) -> None:
    header = length.to_bytes(4, "big") + bytes(8) + sequence.to_bytes(4, "big")
    stream = encode(frames) + header + after
    framer, got = Framer(), []
    for chunk in cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=12))):
        got += framer.feed(chunk)
    assert got == frames
    assert framer.bad_length == BadLength(length, sequence)


@settings(max_examples=10)
@given(st.integers(HEADER_LENGTH, MAX_COMMAND_LENGTH) | BAD_LENGTHS, st.integers(100, 20_000))
def test_memory_stays_flat_whatever_a_header_claims(claim: int, chunk_length: int) -> None:
    framer, chunk = Framer(), b"\xff" * chunk_length
    tracemalloc.start()
    try:
        framer.feed(claim.to_bytes(4, "big") + bytes(12))
        for _ in range(4 * MAX_COMMAND_LENGTH // chunk_length + 1):
            framer.feed(chunk)
        assert tracemalloc.get_traced_memory()[0] <= MAX_COMMAND_LENGTH + chunk_length + 10_000
        assert framer.bad_length
    finally:
        tracemalloc.stop()
