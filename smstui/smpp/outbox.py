"""What waits to be written: messages handed over, and throttled ones whose turn comes again."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Iterator, Sequence

from smstui.smpp.submit import Submit
from smstui.smpp.window import Submission

_FIRST_RETRY = 0.05
_LONGEST_RETRY = 30.0


class Job:
    """The messages of one `send`, to be written in order."""

    def __init__(self, messages: Sequence[tuple[int, bytes, Submit]]) -> None:
        """`messages`: the key, the destination and the PDUs of each."""
        self.remaining = sum([submit.parts for _, _, submit in messages])
        self.written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the last PDU is handed to the network, or the job is given up."""
        self._submissions: Iterator[tuple[int, int, Submit, bytes]] = (
            (key, part, submit, destination)
            for key, destination, submit in messages
            for part in range(1, submit.parts + 1)
        )

    def take(self, limit: int, now: float) -> list[Submission]:
        """The next PDUs, at most `limit`, as put in flight at `now`."""
        new = tuple.__new__
        submissions = [
            new(Submission, (key, part, submit, destination, 0, now))
            for key, part, submit, destination in itertools.islice(self._submissions, limit)
        ]
        self.remaining -= len(submissions)
        return submissions

    def finish(self, error: Exception | None = None) -> None:
        """Wake whoever waits for `written`."""
        if self.written.done():
            return
        if error:
            self.written.set_exception(error)
        else:
            self.written.set_result(None)


class Outbox:
    """Jobs in order; throttled submissions come first when they are due. Instants are monotonic seconds."""

    def __init__(self) -> None:
        self.queued = 0
        """PDUs of jobs, not counting throttled ones."""
        self._jobs: deque[Job] = deque()
        self._throttled: list[tuple[float, int, Submission]] = []
        self._ties = itertools.count()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, not even throttled ones."""
        return not self._jobs and not self._throttled

    @property
    def throttled(self) -> int:
        """Throttled PDUs that wait for another try."""
        return len(self._throttled)

    def put(self, job: Job) -> None:
        """Queue `job` behind the others."""
        self.queued += job.remaining
        self._jobs.append(job)

    def retry(self, submission: Submission, now: float) -> None:
        """Queue a throttled submission again; the wait doubles with each attempt, from 50 ms to 30 s."""
        delay = min(_FIRST_RETRY * 2**submission.attempt, _LONGEST_RETRY)
        again = submission._replace(attempt=min(submission.attempt + 1, 16))
        heapq.heappush(self._throttled, (now + delay, next(self._ties), again))

    def take(self, limit: int, now: float) -> list[Submission]:
        """The next PDUs to write, at most `limit`, as put in flight at `now`."""
        submissions: list[Submission] = []
        while self._throttled and self._throttled[0][0] <= now and len(submissions) < limit:
            submissions.append(heapq.heappop(self._throttled)[2]._replace(written_at=now))
        while self._jobs and len(submissions) < limit:
            job = self._jobs[0]
            taken = job.take(limit - len(submissions), now)
            self.queued -= len(taken)
            submissions += taken
            if not job.remaining:
                self._jobs.popleft().finish()
        return submissions

    def due(self, now: float) -> float | None:
        """Seconds from `now` until something can be taken; None when nothing waits."""
        if self._jobs:
            return 0.0
        return max(0.0, self._throttled[0][0] - now) if self._throttled else None

    def withdraw(self, job: Job) -> list[Submission]:
        """Take what is left of `job` back."""
        if job not in self._jobs:
            return []
        self._jobs.remove(job)
        self.queued -= job.remaining
        return job.take(job.remaining, 0.0)

    def clear(self, error: Exception | None = None) -> list[Submission]:
        """Take everything; jobs end with `error`."""
        submissions = [submission for _, _, submission in sorted(self._throttled)]
        self._throttled.clear()
        while self._jobs:
            job = self._jobs[0]
            submissions += self.withdraw(job)
            job.finish(error)
        return submissions
