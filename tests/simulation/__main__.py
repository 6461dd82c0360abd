"""The command line: one seed with its course of events, or many on all processors.

python -m tests.simulation 17                 replays seed 17: its plan, what happened, the verdict
python -m tests.simulation 17 --reduce        leaves out what the failure of seed 17 does not need
python -m tests.simulation --from 0 --to 10000 --jobs 4
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

from tests.simulation.extras import extended
from tests.simulation.plan import Plan
from tests.simulation.run import Laboratory, Result, simulate

_SHARE = 25
"""Seeds that a process takes at once."""


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


@cache
def _laboratory() -> Laboratory:
    """That of this process."""
    return Laboratory()


def _failures(seeds: range) -> list[tuple[int, str]]:
    """Those of `seeds` that fail, each with its first violation."""
    results = [simulate(seed, _laboratory()) for seed in seeds]
    return [(result.plan.seed, result.violations[0]) for result in results if result.violations]


def _many(first: int, beyond: int, jobs: int) -> int:
    """Simulate `first` to `beyond` - 1; how many failed."""
    began, failed = time.monotonic(), 0
    shares = [range(start, min(start + _SHARE, beyond)) for start in range(first, beyond, _SHARE)]
    with ProcessPoolExecutor(jobs) as pool:
        for share, failures in zip(shares, pool.map(_failures, shares), strict=True):
            for seed, violation in failures:
                _say(f"\rseed {seed}: {violation}")
            failed += len(failures)
            _say(f"\r{share.stop - first} of {beyond - first} seeds, {failed} failed", end="")
    _say(f" ({time.monotonic() - began:.0f} s)")
    return failed


def _one(seed: int) -> int:
    """Simulate `seed` and tell everything; how many violations there were."""
    result = simulate(seed, _laboratory())
    _say("\n".join(result.trace))
    return _tell(result)


def _tell(result: Result) -> int:
    _say(f"\nseed {result.plan.seed}, {result.seconds:.1f} virtual seconds, trace {result.digest}")
    _say("\n".join(result.violations) or "Everything holds.")
    return len(result.violations)


def _shorter(plan: Plan) -> Iterator[Plan]:
    """Plans with one action less."""
    for index in reversed(range(len(plan.actions))):
        yield plan.without(index)


def _reduce(seed: int) -> int:
    """Leave out actions as long as the simulation still fails in the same way, and tell what is left."""
    result = simulate(seed, _laboratory())
    kind = {one.split()[0] for one in result.violations}
    shorter: Result | None = result if kind else None
    while shorter is not None:
        result = shorter
        results = map(partial(Laboratory.simulate, _laboratory()), _shorter(result.plan))
        shorter = next((one for one in results if kind & {each.split()[0] for each in one.violations}), None)
    _say("\n".join(result.trace))
    return _tell(result)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description="Deterministic simulation.")
    parser.add_argument("seed", type=int, nargs="?")
    parser.add_argument("--plan", action="store_true", help="only print the plan of the seed")
    parser.add_argument("--reduce", action="store_true")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--to", type=int, default=300, dest="beyond")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    if asked.seed is None:
        return min(_many(asked.first, asked.beyond, asked.jobs), 1)
    if asked.plan:
        _say("\n".join(extended(asked.seed).lines()))
        return 0
    return min(_reduce(asked.seed) if asked.reduce else _one(asked.seed), 1)


if __name__ == "__main__":
    sys.exit(main())
