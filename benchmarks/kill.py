"""kill -9 in mid-run, again and again: what the database says against what the simulated phones received."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.common import Bar, Findings, Measured, Scale, say
from benchmarks.processes import SOON, Behaviour, simulator, started
from benchmarks.product import DISPATCH, Product, connected

LOST = Bar("kill_9_lost", "`kill -9` in mid-run: messages lost", "", 0, 0, at_least=False)
TWICE = Bar("kill_9_sent_twice", "`kill -9` in mid-run: messages sent twice", "", 0, 0, at_least=False)
UNKNOWN = Bar("kill_9_unknown_of_window", "`kill -9` in mid-run: unknown after one, of the window", "×", 1, 1, False)
COUNTS = {10: 8000, 100: 60_000, 500: 200_000}
"""Messages by window: more than can leave before the last kill, with responses that take RESPONSE_DELAY."""
RESPONSE_DELAY = 0.01
_LONGEST_LIFE = 0.5
_COUNT = "SELECT coalesce(sum(messages), 0) FROM message_count WHERE campaign_id = ? AND state "


@dataclass(frozen=True, slots=True)
class Damage:
    """What the kills of one campaign did."""

    lost: int
    twice: int
    unknown: tuple[int, ...]
    """After each kill."""


def _kill_often(product: Product, campaign: int, kills: int, random: Random) -> list[int]:
    """Start the dispatcher and kill it, `kills` times; how many messages were unknown in all after each."""
    unknown = []
    for turn in range(kills + 1):
        with started(DISPATCH, product.environment) as dispatcher:
            _until_sending(product, campaign)
            unknown.append(_number(product, f"{_COUNT} = 'unknown'", campaign))
            if turn == kills:
                product.until_final(campaign, receipts=False)
                dispatcher.terminate()
                dispatcher.wait()
            else:
                time.sleep(random.uniform(0, _LONGEST_LIFE))
                dispatcher.kill()
    return unknown


def _until_sending(product: Product, campaign: int) -> None:
    """Wait for a new outcome."""
    outcome = f"{_COUNT} NOT IN ('queued', 'unknown')"
    before = _number(product, outcome, campaign)
    while _number(product, outcome, campaign) == before:
        time.sleep(0.01)


def _number(product: Product, query: str, *parameters: object) -> int:
    ((number,),) = product.look(query, *parameters)
    assert isinstance(number, int)
    return number


def _damage(window: int, kills: int) -> Damage:
    """Kill the dispatcher of a campaign, let another finish it, and compare."""
    with TemporaryDirectory(prefix="smstui-bench-") as folder:
        log = Path(folder, "phones.jsonl")
        with connected(window, simulator(Behaviour(SOON, RESPONSE_DELAY, log=str(log)))) as (product, smsc):
            campaign = product.queue.send("killed", COUNTS[window] * kills // 5)
            unknown = _kill_often(product, campaign, kills, Random(window))
            smsc.close()
            states = {str(number): state for number, state in product.look("SELECT destination, state FROM message")}
        received = Counter(_numbers(log))
    lost = sum(not received[number] for number, state in states.items() if state != "unknown")
    twice = sum(count > 1 for count in received.values())
    return Damage(lost, twice, tuple(after - before for before, after in pairwise(unknown)))


def _numbers(log: Path) -> list[str]:
    events = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    return [event["number"] for event in events if event["event"] == "message"]


def measure(scale: Scale) -> Findings:
    """Three windows at once: this is no matter of speed."""
    kills = scale.count(5, 1)
    say(f"kill -9, {kills} times at windows {', '.join(map(str, COUNTS))}")
    with ThreadPoolExecutor() as pool:
        damages = dict(zip(COUNTS, pool.map(lambda window: _damage(window, kills), COUNTS), strict=True))
    for window, damage in damages.items():
        say(f"  window {window}: {damage}")
    shares = [unknown / window for window, damage in damages.items() for unknown in damage.unknown]
    return Findings(
        bars=[
            Measured(LOST, [damage.lost for damage in damages.values()]),
            Measured(TWICE, [damage.twice for damage in damages.values()]),
            Measured(UNKNOWN, [max(shares)]),
        ]
    )
