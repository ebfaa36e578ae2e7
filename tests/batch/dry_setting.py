"""The setting of a dry run: the demonstration cell, and two people. Ada operates, Kim signs."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bioctl.cli
from bioctl.audit.people import Person, Role
from bioctl.audit.signature import sign
from bioctl.batch.state import Prompt
from bioctl.equipment.site import Site, load_site
from bioctl.phases.library import capabilities
from bioctl.values import Scalar

ADA = Person("ada", "Ada Berg", Role.OPERATOR, active=True)
KIM = Person("kim", "Kim Okafor", Role.SUPERVISOR, active=True)


def site_file(folder: Path) -> Path:
    """Write the demonstration cell's site file, with a plant nobody calls."""
    template = Path(bioctl.cli.__file__).parent / "templates" / "site.yaml.in"
    file = folder / "site.yaml"
    file.write_text(template.read_text().replace("${plant_url}", "opc.tcp://127.0.0.1:1/plant"))
    return file


def demo_site() -> Site:
    """Return the demonstration cell."""
    with TemporaryDirectory() as folder:
        return load_site(site_file(Path(folder)), capabilities().classes)


def who(person: Person) -> Mapping[str, str]:
    """Return a person as an actor."""
    return {"type": "person", "id": person.id, "name": person.name, "role": str(person.role)}


def answer(prompt: Prompt, answers: Mapping[str, Scalar], utc: float) -> tuple[Person, Any]:
    """Return who answers, and the arguments of the answer.

    Args:
        prompt: the question.
        answers: by name of the step that asks; else the first choice or the middle of the range.
        utc: when it is signed.
    """
    person = KIM if prompt.ask.role == "supervisor" else ADA
    usual: Scalar = prompt.ask.choices[0] if prompt.ask.choices else _middle(prompt)
    value = answers.get(prompt.path.rpartition("/")[2], usual)
    args: dict[str, Any] = {"prompt": prompt.id, "value": value, "comment": ""}
    if prompt.ask.kind == "signature":
        shown = {"text": prompt.ask.text, "evidence": dict(prompt.ask.evidence), "answer": value}
        record = f"batch:{prompt.batch}/prompt:{prompt.id}"
        args["signature"] = asdict(sign(record, shown, str(value), person, utc))
    return person, args


def _middle(prompt: Prompt) -> float:
    return (float(prompt.ask.low or 0.0) + float(prompt.ask.high or 0.0)) / 2
