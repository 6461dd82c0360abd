"""Bytes to a reader that stops reading: the writer never waits, frames are whole, the rest is never lost."""

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from smstui.terminal.output import BACKLOG, Output

DEADLINE = 20.0
PATIENCE = 0.2
PIPE = 65536
"""Bytes that the kernel keeps for a reader (pipe(7))."""
FRAME = 5000
"""Bytes: more than are written at once."""


@dataclass
class Pipe:
    """A pipe whose end the test reads, or doesn't."""

    reading: int
    writing: int
    caught_up: threading.Event = field(default_factory=threading.Event)

    def output(self) -> Output:
        return Output(self.writing, self.caught_up.set)

    def read_until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            data += os.read(self.reading, 65536)
        return data

    def fill(self) -> None:
        """Leave no room for anything more."""
        os.set_blocking(self.writing, False)
        try:
            while True:
                os.write(self.writing, b"." * PIPE)
        except BlockingIOError:
            os.set_blocking(self.writing, True)

    def hang_up(self) -> None:
        os.close(self.reading)
        self.reading = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe(*os.pipe())
    yield pipe
    for fd in (pipe.reading, pipe.writing):
        if fd >= 0:
            os.close(fd)


def frame(number: int) -> bytes:
    return b"<%06d>" % number * (FRAME // 8)


def frames_in(data: bytes) -> list[bytes]:
    """The numbers of the frames in `data`, each once for every mark."""
    return re.findall(rb"<(\d{6})>", data)


def stuff(output: Output, count: int = 100) -> None:
    """Far more frames than the pipe and the backlog hold."""
    for number in range(count):
        output.frame(frame(number))


def test_what_a_reader_that_reads_gets(pipe: Pipe) -> None:
    output = pipe.output()
    output.keep(b"begin")
    for number in range(5):
        output.frame(frame(number))
    output.keep(b"end")
    assert pipe.read_until(b"end") == b"begin" + b"".join(map(frame, range(5))) + b"end"
    assert output.close(PATIENCE)


def test_a_frame_is_written_whole_or_not_at_all(pipe: Pipe) -> None:
    output = pipe.output()
    stuff(output)
    output.keep(b"end")
    data = pipe.read_until(b"end")
    numbers = frames_in(data)
    assert data == b"".join(frame(number) for number in sorted({int(each) for each in numbers})) + b"end"
    assert len(numbers) < 100 * (FRAME // 8)
    assert output.close(PATIENCE)


def test_what_waits_is_bounded_while_nobody_reads(pipe: Pipe) -> None:
    output = pipe.output()
    stuff(output, 10_000)
    output.keep(b"end")
    assert len(pipe.read_until(b"end")) < PIPE + BACKLOG + 3 * FRAME
    assert output.close(PATIENCE)


def test_who_reads_again_is_told_once_all_is_read(pipe: Pipe) -> None:
    output = pipe.output()
    stuff(output)
    output.keep(b"end")
    assert not pipe.caught_up.is_set()
    pipe.read_until(b"end")
    assert pipe.caught_up.wait(DEADLINE)
    output.frame(b"a whole screen")
    assert pipe.read_until(b"screen") == b"a whole screen"
    assert output.close(PATIENCE)


def test_a_reader_that_keeps_up_is_told_nothing(pipe: Pipe) -> None:
    output = pipe.output()
    for number in range(20):
        output.frame(frame(number))
        pipe.read_until(frame(number))
    assert output.close(PATIENCE)
    assert not pipe.caught_up.is_set()


def test_what_must_not_be_lost_is_not(pipe: Pipe) -> None:
    output = pipe.output()
    for number in range(100):
        output.frame(frame(number))
        output.keep(b"{%d}" % number)
    output.keep(b"end")
    data = pipe.read_until(b"end")
    assert re.findall(rb"{(\d+)}", data) == [b"%d" % number for number in range(100)]
    assert output.close(PATIENCE)


def test_closing_gives_up_on_a_reader_that_never_reads_again(pipe: Pipe) -> None:
    pipe.fill()
    output = pipe.output()
    output.keep(b"begun")
    output.keep(b"farewell")
    assert not output.close(PATIENCE)
    writing = [thread for thread in threading.enumerate() if thread.name == "smstui-output"]
    pipe.read_until(b"begun")
    for thread in writing:
        thread.join(DEADLINE)
    os.set_blocking(pipe.reading, False)
    with pytest.raises(BlockingIOError):
        os.read(pipe.reading, PIPE)


def test_closing_waits_for_a_slow_reader(pipe: Pipe) -> None:
    pipe.fill()
    output = pipe.output()
    stuff(output)
    output.keep(b"farewell")
    answers: list[bool] = []
    closing = threading.Thread(target=lambda: answers.append(output.close(DEADLINE)))
    closing.start()
    assert pipe.read_until(b"farewell").endswith(b"farewell")
    closing.join(DEADLINE)
    assert answers == [True]


def test_a_reader_that_is_gone_is_not_waited_for(pipe: Pipe) -> None:
    pipe.fill()
    output = pipe.output()
    stuff(output)
    pipe.hang_up()
    stuff(output)
    assert output.close(DEADLINE)


def test_a_terminal_that_another_program_left_non_blocking(pipe: Pipe) -> None:
    os.set_blocking(pipe.writing, False)
    output = pipe.output()
    stuff(output)
    output.keep(b"end")
    assert pipe.read_until(b"end").endswith(b"end")
    assert output.close(PATIENCE)
