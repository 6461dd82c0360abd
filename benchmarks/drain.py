"""SIGTERM with a full window in flight: the outcomes that are known when the connection has ended."""

import json

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, say
from benchmarks.peers.task import Task
from benchmarks.processes import NEVER, Behaviour, output, python, simulator, started
from benchmarks.product import DISPATCH, connected

IN_FLIGHT = 500
OUTCOMES = Bar("drain_outcomes", f"drain with {IN_FLIGHT} in flight: outcomes before unbind", "", IN_FLIGHT, IN_FLIGHT)
_SLOW = Behaviour(NEVER, response_delay=1.0)


def _ours() -> float:
    with connected(IN_FLIGHT, simulator(_SLOW)) as (product, smsc):
        campaign = product.queue.send("drained", 2 * IN_FLIGHT)
        with started(DISPATCH, product.environment) as dispatcher:
            smsc.accepted(IN_FLIGHT)
            dispatcher.terminate()
            dispatcher.wait()
        answered = "SELECT count(*) FROM message WHERE campaign_id = ? AND state = 'accepted'"
        ((outcomes,),) = product.look(answered, campaign)
        assert isinstance(outcomes, int)
        return outcomes


def _aiosmpplib() -> float:
    with simulator(_SLOW) as smsc:
        task = Task(smsc.port, 0, IN_FLIGHT, receipts=False, warm_up=IN_FLIGHT)
        outcomes: float = json.loads(output(python("peers.aiosmpplib_drain", task.as_json())))["outcomes"]
        return outcomes


def measure(scale: Scale) -> Findings:
    """Ours, and aiosmpplib's `stop` beside it."""
    say("drain")
    found = interleaved(scale.rounds, {"smstui": _ours, "aiosmpplib": _aiosmpplib})
    outcomes = {f"{name}, outcomes of {IN_FLIGHT} at the end": found[name] for name in found}
    return Findings(bars=[Measured(OUTCOMES, found["smstui"])], rates=outcomes)
