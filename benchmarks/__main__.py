"""`python -m benchmarks [NAME ...]`: measure, and print a table of the bars.

`--quick` measures the main ratios in less than a minute and prints one JSON document.
"""

import argparse
import json
import subprocess
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks import bookkeeping, clients, contacts, drain, durable, imports, keys, kill, postgresql, recipients
from benchmarks.common import Findings, Measured, Scale, machine, say

ALL = {
    "clients": clients.measure,
    "durable": durable.measure,
    "bookkeeping": bookkeeping.measure,
    "postgresql": postgresql.measure,
    "keys": keys.measure,
    "kill": kill.measure,
    "drain": drain.measure,
    "imports": imports.measure,
    "contacts": contacts.measure,
    "recipients": recipients.measure,
}
QUICK = ("clients", "durable", "bookkeeping")
RESULTS = Path(__file__).with_name("results.json")


def figure(value: float) -> str:
    """With three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def bar_line(measured: Measured) -> str:
    """A line of the table, in Markdown."""
    bar, values = measured.bar, measured.values
    sign = "≥" if bar.at_least else "≤"
    met = "yes" if measured.met else "**no**"
    spread = f"{figure(min(values))}–{figure(max(values))}"
    unit = bar.unit if bar.unit in ("", "×") else f" {bar.unit}"
    return (
        f"| {bar.words} | {sign} {bar.require:g}{unit} | {sign} {bar.aim:g}{unit} "
        f"| {figure(measured.median)}{unit} ({spread}) | {met} |"
    )


def table(findings: Findings) -> str:
    """All that was found, in Markdown."""
    lines = ["| bar | require | aim | median (lowest–highest) | met |", "|---|---|---|---|---|"]
    lines += [bar_line(measured) for measured in findings.bars]
    lines += ["", "| contestant | median | lowest | highest |", "|---|---|---|---|"]
    for name, rates in findings.rates.items():
        lines.append(f"| {name} | {figure(median(rates))} | {figure(min(rates))} | {figure(max(rates))} |")
    lines += ["", *(f"- {fact}: {value}" for fact, value in machine().items())]
    return "\n".join([*lines, *(f"- not measured: {reason}" for reason in findings.skipped)])


def main() -> int:
    """Measure, print, and keep the results beside this file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(ALL)}; all by default")
    parser.add_argument("--quick", action="store_true", help="the main ratios, in less than a minute, as JSON")
    parser.add_argument("--rounds", type=int, help="of each measurement [default: 3, quick: 1]")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ALL):
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}")
    scale = Scale(options.rounds or (1 if options.quick else 3), options.quick)
    findings, began = Findings(), time.monotonic()
    failed = False
    for name in options.names or (QUICK if options.quick else ALL):
        try:
            found = ALL[name](scale)
        except (subprocess.SubprocessError, AssertionError, TimeoutError):
            traceback.print_exc()
            failed = True
            found = Findings(skipped=[f"{name}: failed"])
        findings.bars += found.bars
        findings.rates |= found.rates
        findings.skipped += found.skipped
    say(f"{time.monotonic() - began:.0f} seconds")
    if options.quick:
        bars = {measured.bar.key: round(measured.median, 2) for measured in findings.bars}
        print(json.dumps({**bars, "require": {measured.bar.key: measured.bar.require for measured in findings.bars}}))
    else:
        RESULTS.write_text(json.dumps({"machine": machine(), **asdict(findings)}, indent=1, ensure_ascii=False) + "\n")
        print(table(findings))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
