"""From submit_sm to submit_sm_resp: the product, which keeps every step on disk, beside clients that keep nothing."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.peers.task import Task
from benchmarks.processes import ROOT, output, python, simulator_for
from benchmarks.product import send_campaign

WINDOWS = (1, 10, 100, 500)
BARS = {
    100: Bar("durable_window_100_vs_o1corr", "durable submit → response, window 100, against o1corr", "×", 4, 5.5),
    500: Bar("durable_window_500_vs_o1corr", "durable submit → response, window 500, against o1corr", "×", 5, 8.5),
}
PEERS = {
    "aiosmpplib": python("peers.aiosmpplib_client", "shipped"),
    "o1corr": python("peers.aiosmpplib_client", "o1corr"),
    "smpp34": python("peers.smpp34_client"),
    "smpplib": python("peers.smpplib_client"),
}
_NPM_FOLDER = Path(sys.prefix) / "npm-peers"
_SHIPPED_COUNT = 4000
_WARM_UP = 500


def peer_rate(command: list[str], count: int, window: int, receipts: bool) -> float:
    """Messages a second of another client, against a fresh simulator."""
    with simulator_for(receipts) as smsc:
        task = Task(smsc.port, count, window, receipts, _WARM_UP)
        rate: float = json.loads(output([*command, task.as_json()]))["rate"]
        return rate


def our_rate(count: int, window: int, receipts: bool) -> float:
    """Messages a second of the product."""
    return send_campaign(count, window, receipts).rate


def npm_peer() -> list[str] | None:
    """The command of npm's client, installed by its lock file; None without node and npm."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None
    _NPM_FOLDER.mkdir(exist_ok=True)
    source = ROOT / "benchmarks" / "peers"
    for name in ("package.json", "package-lock.json", "smpp_client.js"):
        shutil.copy(source / name, _NPM_FOLDER)
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=_NPM_FOLDER, check=True, stdout=sys.stderr)
    return [node, str(_NPM_FOLDER / "smpp_client.js")]


def measure(scale: Scale) -> Findings:
    """The table of clients, and the bars of the durable dispatch without receipts."""
    findings = Findings()
    peers = {"o1corr": PEERS["o1corr"]} if scale.quick else dict(PEERS)
    if not scale.quick:
        npm = npm_peer()
        if npm:
            peers["npm smpp"] = npm
        else:
            findings.skipped.append("npm smpp: node or npm is not here")
    for window in (100, 500) if scale.quick else WINDOWS:
        say(f"clients, window {window}")
        contestants: dict[str, Callable[[], float]] = {
            name: partial(peer_rate, command, _count(scale, name, window), window, receipts=False)
            for name, command in peers.items()
        }
        contestants["smstui"] = partial(our_rate, _count(scale, "smstui", window), window, receipts=False)
        found = interleaved(scale.rounds, contestants)
        findings.rates |= {f"{name}, window {window}": rates for name, rates in found.items()}
        if window in BARS:
            findings.bars.append(Measured(BARS[window], ratios(found["smstui"], found["o1corr"])))
    return findings


def _count(scale: Scale, name: str, window: int) -> int:
    """How many messages, so that each contestant runs for about as long."""
    if name == "aiosmpplib":
        return _SHIPPED_COUNT
    if name == "smstui":
        return {1: 2000, 10: 20_000}.get(window, scale.count(100_000, 20_000))
    return scale.count(20_000, 6000)
