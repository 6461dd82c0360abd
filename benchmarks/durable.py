"""With receipts, beside aiosmpplib with a correlator in constant time; long against short; memory; stalls."""

from collections.abc import Callable
from functools import partial

from benchmarks.clients import PEERS, our_rate, peer_rate
from benchmarks.common import Bar, Findings, Measured, Scale, interleaved, ratios, say
from benchmarks.product import Run, send_campaign

BARS = {
    100: Bar("durable_receipts_window_100_vs_o1corr", "durable with receipts, window 100, against o1corr", "×", 20, 35),
    500: Bar("durable_receipts_window_500_vs_o1corr", "durable with receipts, window 500, against o1corr", "×", 25, 50),
}
STEADY = Bar("rate_200000_vs_20000", "rate at 200,000 messages against 20,000", "×", 0.9, 0.95)
STALL = Bar("longest_stall_ms", "longest stall of the event loop while dispatching", "ms", 10, 5, at_least=False)
MEMORY = Bar(
    "memory_over_idle_mb", "200,000 with receipts: memory above the idle dispatcher", "MB", 60, 60, at_least=False
)
LONG, SHORT, WINDOW = 200_000, 20_000, 500


def measure(scale: Scale) -> Findings:
    """All bars of the durable dispatch with receipts."""
    findings = Findings()
    for window, bar in BARS.items():
        say(f"with receipts, window {window}")
        contestants: dict[str, Callable[[], float]] = {
            "o1corr": partial(peer_rate, PEERS["o1corr"], scale.count(10_000, 3000), window, receipts=True),
            "smstui": partial(our_rate, scale.count(100_000, 20_000), window, receipts=True),
        }
        found = interleaved(scale.rounds, contestants)
        findings.rates |= {f"{name}, window {window}, receipts": rates for name, rates in found.items()}
        findings.bars.append(Measured(bar, ratios(found["smstui"], found["o1corr"])))
    if not scale.quick:
        _measure_steadiness(scale, findings)
    _measure_stalls(scale, findings)
    return findings


def _measure_steadiness(scale: Scale, findings: Findings) -> None:
    say("long against short")
    lengths = {str(count): partial(our_rate, count, WINDOW, receipts=True) for count in (SHORT, LONG)}
    found = interleaved(scale.rounds, lengths)
    findings.rates |= {f"smstui, {count} messages": rates for count, rates in found.items()}
    findings.bars.append(Measured(STEADY, ratios(found[str(LONG)], found[str(SHORT)])))


def _measure_stalls(scale: Scale, findings: Findings) -> None:
    say("stalls and memory")
    count = scale.count(LONG, SHORT)
    runs: dict[str, Callable[[], Run]] = {"smstui": partial(send_campaign, count, WINDOW, receipts=True, ticking=True)}
    found = interleaved(scale.rounds, runs)["smstui"]
    findings.bars.append(Measured(STALL, [run.longest_stall for run in found]))
    findings.rates["one tick in a thousand late by, ms"] = [run.rare_stall for run in found]
    if not scale.quick:
        findings.bars.append(Measured(MEMORY, [run.memory for run in found]))
