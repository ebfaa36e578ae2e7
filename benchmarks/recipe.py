"""What loading and verifying a recipe costs, as ratios to PyYAML's C composer on the same file.

Run: python benchmarks/recipe.py. The recipe has 500 phases, with a condition of its own in each
fifth. All take turns in one process, so that a busy machine slows all. Then `bioctl recipe check`
as a process, beside a process that only imports PyYAML.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bioctl.language.document import parse
from bioctl.phases.library import capabilities
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.load import load_recipe
from bioctl.recipe.verify.verifier import verify

ROUNDS = 15
STARTS = 7
HEAD = """\
recipe: long
version: "1.0"
product: none
description: A long recipe.
formula:
  growth_temperature: {value: 37.0 degC, range: 36.0 .. 38.0 degC, criticality: CPP}
equipment:
  reactor: packed_bed_bioreactor
procedure:
  - unit procedure: expand
    on: reactor
    operations:
      - operation: run
        phases:
"""
FIVE = """\
          - fill_{n}: charge
            with: {{source: medium, volume: 1500 mL, rate: 500 mL/min}}
            timeout: 1 h
          - ask_{n}: confirm
            with: {{question: "Is it ready, {n}?"}}
            timeout: 8 h
            remind: supervisor after 2 h
          - grow_{n}: grow
            with:
              temperature: growth_temperature
              pH: 7.20
              dissolved_oxygen: 40 %
              agitation: 100 rpm
            until: glucose < 1.{n} mmol/L or elapsed > 30 h
            timeout: 40 h
          - drain_{n}: drain
            with: {{down_to: 0.5 kg, rate: 500 mL/min}}
            timeout: 1 h
          - sample_{n}: sample
            with: {{question: "Offline pH", result: offline_ph, unit: pH, low: 6, high: 8}}
            timeout: 4 h
"""
TEXT = HEAD + "".join(FIVE.format(n=n) for n in range(100))
ABLE = capabilities()


def timed(call: Callable[[], object]) -> float:
    """Return processor seconds of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def load() -> Recipe:
    """Parse and check, with places."""
    return load_recipe(TEXT, "long.yaml", ABLE)


def load_and_verify() -> None:
    """Do all that `bioctl recipe check` does with the text."""
    assert verify(load(), ABLE, "long.yaml") == ()


def in_process() -> None:
    """Print the ratios of one process."""
    calls: dict[str, Callable[[], object]] = {
        "C composer": lambda: yaml.compose(TEXT, Loader=yaml.CBaseLoader),
        "strict tree with places": lambda: parse(TEXT, "long.yaml"),
        "loaded": load,
        "loaded and verified": load_and_verify,
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(timed(call))
    middle = {name: statistics.median(found) for name, found in times.items()}
    base = middle["C composer"]
    print(f"500 phases, {len(TEXT)} characters; goal for all of it: 4 times the C composer")
    for name, seconds in middle.items():
        print(f"  {name:<24} {seconds * 1e3:6.1f} ms  {seconds / base:.2f} of the C composer")


def as_processes() -> None:
    """Print what a person waits for."""
    bioctl = str(Path(sys.executable).with_name("bioctl"))
    commands = {
        "python -c 'import yaml'": [sys.executable, "-c", "import yaml"],
        "bioctl recipe check, R1": [bioctl, "recipe", "check", "packed_bed_expansion"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, words in commands.items():
            start = time.perf_counter()
            subprocess.run(words, check=True, capture_output=True)  # noqa: S603  our own words
            times[name].append(time.perf_counter() - start)
    middle = {name: statistics.median(found) for name, found in times.items()}
    base = middle["python -c 'import yaml'"]
    print("as processes, median wall time; goal: 600 ms")
    for name, seconds in middle.items():
        print(f"  {name:<24} {seconds * 1e3:6.0f} ms  {seconds / base:.1f}")


if __name__ == "__main__":
    in_process()
    as_processes()
