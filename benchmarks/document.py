"""What reading strict YAML with places costs, as a ratio to PyYAML's C composer on the same file.

Run: python benchmarks/document.py [FILE]. Without a file: a recipe of 500 phases. Both take turns
in one process, so that a busy machine slows both.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bioctl.language.document import parse

ROUNDS = 21
PHASE = """\
          - grow_{n}: grow
            with: {{temperature: hot, pH: 7.20, dissolved_oxygen: 40 %, agitation: 100 rpm}}
            until: glucose < {n} mmol/L or elapsed > 30 h
            timeout: 40 h
"""


def timed(call: Callable[[], object]) -> float:
    """Return processor seconds of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    if len(sys.argv) > 1:
        text = Path(sys.argv[1]).read_text("utf-8")
    else:
        text = "recipe: long\nphases:\n" + "".join(PHASE.format(n=n) for n in range(500))
    composer, ours = list[float](), list[float]()
    for _ in range(ROUNDS):
        composer.append(timed(lambda: yaml.compose(text, Loader=yaml.CBaseLoader)))
        ours.append(timed(lambda: parse(text, "f.yaml")))
    base, read = statistics.median(composer), statistics.median(ours)
    print(
        f"{len(text)} characters; C composer {base * 1e3:.1f} ms; strict tree with places "
        f"{read * 1e3:.1f} ms, {read / base:.2f} of it"
    )


if __name__ == "__main__":
    main()
