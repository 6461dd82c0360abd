"""An event loop whose time is virtual, and the processes that run in it.

Nothing waits: when no callback is ready, time jumps to the next timer. Every callback belongs to the node (the
simulated process) in whose context it was made; those of a stopped node are held back until it goes on, those of a dead
one never run. Jobs for threads run inside the loop, at an instant of their own.
"""

import asyncio
import heapq
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, Protocol

_BUSY = 100_000
"""Callbacks at one instant: more is a loop that never waits. A process that was stopped may have thousands of bytes to
read, one by one, when it goes on."""
_ENDLESS = 400_000
"""Callbacks of a simulation."""


class Crashed(BaseException):
    """The process dies at this very point."""


class Jobs(Protocol):
    """What becomes of the jobs that a node gives to threads."""

    def delays(self) -> tuple[float, float]:
        """Seconds until a job runs, and from then until its result is seen."""

    def finished(self) -> None:
        """A job has run. Raises Crashed when nobody is to see its result."""


class Node:
    """A process.

    Callbacks of a stopped or dead one are `held`. `on_death` is called when it is to die by itself: before the callback
    whose number is `step_of_death`, or when a job raises Crashed.
    """

    def __init__(self, name: str, jobs: Jobs) -> None:
        self.name = name
        self.jobs = jobs
        self.alive = True
        self.killed = False
        self.stopped = False
        self.steps = 0
        self.step_of_death = 0
        self.held: deque[asyncio.Handle] = deque()
        self.busy_until: dict[object, float] = {}
        self.on_death: Callable[[], None] = lambda: None
        context = copy_context()
        context.run(_NODE.set, self)
        self._context = context

    @property
    def context(self) -> Context:
        """A context in which everything belongs to this node."""
        return self._context.copy()


_NODE: ContextVar[Node | None] = ContextVar("node", default=None)


def this_node() -> Node | None:
    """The node that is running; None is the world outside."""
    return _NODE.get()


class _Task(asyncio.Task[Any]):
    """A task whose place in a set does not depend on its address in memory."""

    def __init__(self, serial: int, coroutine: Any, *, context: Context | None = None, **options: Any) -> None:
        self._serial = serial
        self.node = _NODE.get() if context is None else context.get(_NODE)
        if context is not None:
            options["context"] = context
        super().__init__(coroutine, **options)

    def __hash__(self) -> int:
        return self._serial


class _Future(asyncio.Future[Any]):
    """A future whose place in a set does not depend on its address in memory."""

    def __init__(self, serial: int, loop: asyncio.AbstractEventLoop) -> None:
        self._serial = serial
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._serial


class Stuck(Exception):
    """Nothing is ready and no timer runs, or callbacks go on without time passing."""


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop. `network` makes its connections."""

    def __init__(self) -> None:
        super().__init__()
        self.network: Any = None
        self.nodes: list[Node] = []
        self.tasks: list[_Task] = []
        self.steps = 0
        self._instant = 0.0
        self._steps_before = 0
        self._serials = count(1)
        self._burying = False

    # Time and callbacks.

    def time(self) -> float:
        return self._instant

    def _run_once(self) -> None:
        timers, ready = self._scheduled, self._ready
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        if not ready:
            if not timers:
                raise Stuck("everything waits for something that never comes")
            if timers[0]._when > self._instant:
                self._instant, self._steps_before = timers[0]._when, self.steps
        if self.steps - self._steps_before > _BUSY and not self._burying:
            raise Stuck("a loop never waits")
        if self.steps > _ENDLESS and not self._burying:
            raise Stuck("it never ends")
        while timers and timers[0]._when <= self._instant:
            timer = heapq.heappop(timers)
            timer._scheduled = False
            ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                self._run(handle)

    def _run(self, handle: asyncio.Handle) -> None:
        node = handle._context.get(_NODE)
        self.steps += 1
        if node is None or self._burying:
            handle._run()
        elif node.stopped or not node.alive:
            node.held.append(handle)
        else:
            node.steps += 1
            if node.steps == node.step_of_death:
                node.held.append(handle)
                node.on_death()
            else:
                handle._run()

    def go_on(self, node: Node) -> None:
        """Run what was held back while `node` was stopped, in its order."""
        node.stopped = False
        self._ready.extend(node.held)
        node.held.clear()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are dropped when their time comes."""

    def _write_to_self(self) -> None:
        """No thread calls."""

    def _process_events(self, event_list: object) -> None:
        """There is no selector."""

    # Tasks.

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        task = _Task(next(self._serials), coro, loop=self, **options)
        self.tasks.append(task)
        return task

    def create_future(self) -> asyncio.Future[Any]:
        return _Future(next(self._serials), self)

    def start(self, node: Node, coroutine: Any) -> asyncio.Task[Any]:
        """Run `coroutine` in `node`."""
        if node not in self.nodes:
            self.nodes.append(node)
        return self.create_task(coroutine, context=node.context)

    def unseen_errors(self) -> list[str]:
        """The errors that ended tasks, and that nobody looked at; who is killed can't look."""
        ended = [
            task
            for task in self.tasks
            if task.done() and not task.cancelled() and task._log_traceback and not (task.node and task.node.killed)
        ]
        return [f"{task.get_coro().__qualname__} ended by {task.exception()!r}" for task in ended]

    def bury(self) -> None:
        """End all that is left, dead nodes included; nothing of it has any effect."""
        self._burying = True
        self.set_exception_handler(lambda *_: None)
        for node in self.nodes:
            self._ready.extend(node.held)
            node.held.clear()
        left = [task for task in self.tasks if not task.done()]
        for task in left:
            task.cancel()

        async def wait() -> None:
            await asyncio.wait(left, timeout=60)

        if left:
            self.run_until_complete(wait())
        for task in self.tasks:
            assert task.done(), task
            if not task.cancelled():
                task.exception()
        self.tasks.clear()
        self.close()

    # Threads.

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        node, future = this_node(), self.create_future()
        if self._burying:
            future.cancel()
            return future
        if node is None:
            self._perform(None, future, func, args, 0.0)
            return future
        if not node.alive:
            return future
        before, after = node.jobs.delays()
        begin = self._instant + before
        if getattr(executor, "_max_workers", 0) == 1:
            begin = max(begin, node.busy_until.get(executor, 0.0))
            node.busy_until[executor] = begin + after
        self.call_at(begin, self._perform, node, future, func, args, after)
        return future

    def _perform(
        self, node: Node | None, future: asyncio.Future[Any], func: Callable[..., Any], args: Any, after: float
    ) -> None:
        if future.cancelled():
            return
        result, error = None, None
        try:
            try:
                result = func(*args)
            except Exception as raised:  # noqa: BLE001 (as a thread hands it over)
                error = raised
            if node is not None:
                node.jobs.finished()
        except Crashed:
            node.on_death()
            return
        self.call_later(after, _settle, future, result, error)

    # Connections.

    async def create_connection(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        return await self.network.connect(protocol_factory, host, port)

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        return self.network.listen(protocol_factory, host, port)

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def run(loop: VirtualLoop, main: Callable[[], Awaitable[None]]) -> None:
    """Run `main` outside all nodes."""
    loop.run_until_complete(main())  # type: ignore[arg-type]
