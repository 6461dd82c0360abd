"""What a person asks for is done once, however often they press its key while it is being done."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from textual import work
from textual.dom import DOMNode

Node = TypeVar("Node", bound=DOMNode)
P = ParamSpec("P")


def once_at_a_time(
    group: str,
) -> Callable[[Callable[Concatenate[Node, P], Awaitable[None]]], Callable[Concatenate[Node, P], None]]:
    """Make a method that runs in a worker of `group`; as long as one of its node does, calling it changes nothing.

    For what writes or asks: a worker that another one cancels may have written already, and asked for nothing.
    """

    def decorate(method: Callable[Concatenate[Node, P], Awaitable[None]]) -> Callable[Concatenate[Node, P], None]:
        start = work(group=group)(method)

        @wraps(method)
        def unless_it_runs(node: Node, /, *arguments: P.args, **named: P.kwargs) -> None:
            runs = any(one.group == group and one.node is node and not one.is_finished for one in node.workers)
            if not runs:
                start(node, *arguments, **named)

        return unless_it_runs

    return decorate
