"""Pieces of recipes and site files in the documentation are read as they stand."""

import re
import textwrap
from pathlib import Path
from string import Template

import pytest

from bioctl.app.drivers import make_drivers
from bioctl.cli.site_files import shipped_template
from bioctl.clock import SystemClock
from bioctl.equipment.site import Site, load_site
from bioctl.language.document import parse
from bioctl.phases.library import capabilities
from bioctl_sim.plantfile.load import read

from .generate import pages

FENCE = re.compile(r"^( *)```yaml ?(\S*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
SNIPPETS = [
    pytest.param(kind, textwrap.dedent(text), id=f"{page.name}-{kind or 'yaml'}-{number}")
    for page in pages()
    for number, (_, kind, text) in enumerate(FENCE.findall(page.read_text("utf-8")), 1)
]
SITE = Template(shipped_template()).substitute(plant_url="opc.tcp://127.0.0.1:4840/plant")
READERS = (
    "site.py", "unit_fields.py", "loop_fields.py", "law_fields.py", "structure_fields.py",
    "scale_fields.py", "interlock_fields.py", "tag_fields.py", "alarm_fields.py", "tables.py",
    "instrument_fields.py",
)  # fmt: skip
FIRST_UNIT = SITE.index("  BR101:")


def put_in(kind: str, text: str) -> str:
    """Return the shipped site file with a snippet in its place."""
    inner = textwrap.indent(text, "      ")
    name = text.partition(":")[0]
    match kind:
        case "site-clock":
            return re.sub(r"^clock: .*$", text.strip(), SITE, count=1, flags=re.MULTILINE)
        case "site-connection" | "site-twin":
            here = SITE.index("connections:\n") + len("connections:\n")
            return SITE[:here] + textwrap.indent(text, "  ") + SITE[SITE.index("\nunits:") :]
        case "site-scale" | "site-instruments" | "site-permissive":
            end = SITE.index("    loops:\n", FIRST_UNIT)
            here = SITE.index("    instruments:\n") if kind == "site-instruments" else end
            own = (
                f"permissives:\n{textwrap.indent(text, '  ')}"
                if kind == "site-permissive"
                else text
            )
            return SITE[:here] + textwrap.indent(own, "    ") + SITE[end:]
        case "site-loop" | "site-followed-loop" | "site-cascade":
            found = replaced(f"{name}:", inner, "    loops:\n")
            led_here = kind != "site-followed-loop"  # else nothing here can doubt it
            return found if led_here else found.replace("      - culture_doubts\n", "")
        case "site-interlock":
            return replaced(f"{name}:", inner, "    interlocks:\n")
        case "site-alarm":
            here = SITE.index("    alarms:\n", FIRST_UNIT) + len("    alarms:\n")
            return SITE[:here] + inner + SITE[here:]
        case "site-tables":
            here, end = SITE.index("    empty:"), SITE.index("\n  CW201:")
            return SITE[:here] + textwrap.indent(text, "    ") + SITE[end:]
    return ""


def replaced(key: str, block: str, group: str) -> str:
    """Replace one entry of a group of the first unit."""
    start = SITE.index(group, FIRST_UNIT) + len(group)
    old = re.compile(rf"^      {re.escape(key)}.*?(?=^ {{0,6}}\S)", re.DOTALL | re.MULTILINE)
    return SITE[:start] + old.sub(block, SITE[start:], count=1)


def load(text: str, folder: Path) -> Site:
    file = folder / "site.yaml"
    file.write_text(text, "utf-8")
    return load_site(file, capabilities().classes)


@pytest.mark.parametrize(("kind", "text"), SNIPPETS)
def test_snippet_is_strict_yaml(kind: str, text: str) -> None:
    del kind
    assert parse(text, "snippet.yaml")


@pytest.mark.parametrize(
    ("kind", "text"), [one for one in SNIPPETS if put_in(str(one.values[0]), "x: 1\n")]
)
def test_snippet_fits_the_shipped_site(kind: str, text: str, tmp_path: Path) -> None:
    site = load(put_in(kind, text), tmp_path)
    assert len(site.units) == 3
    make_drivers(site, SystemClock())


@pytest.mark.parametrize("text", [s.values[1] for s in SNIPPETS if s.values[0] == "plant-file"])
def test_plant_file_snippet_is_a_plant(text: str) -> None:
    assert read(text, "snippet.yaml").units


def test_every_key_of_a_plant_file_is_told_of(root: Path) -> None:
    rooms = (root / "sim/bioctl_sim/plantfile").glob("*.py")
    asked = re.compile(
        r"\b(?:text|choice|quantity|optional|whole|switch|sections?|rows|has|_medium)\("
        r"\s*(?:section, )?\"(\w+)\""
    )
    taken = {word for file in rooms for word in asked.findall(file.read_text("utf-8"))}
    page = (root / "docs/integrator/plant-files.md").read_text("utf-8")
    assert {word for word in taken if not re.search(rf"\b{word}\b", page)} == set()
    assert len(taken) > 35


def test_unit_snippet_says_what_the_shipped_site_says() -> None:
    text = next(one.values[1] for one in SNIPPETS if one.values[0] == "site-unit")
    lines = {line.strip() for line in str(text).splitlines() if ": {" not in line}
    assert {line for line in lines if line not in SITE} == set()


def test_every_kind_of_snippet_is_there() -> None:
    kinds = {str(one.values[0]) for one in SNIPPETS}
    wanted = (
        "clock",
        "connection",
        "twin",
        "loop",
        "followed-loop",
        "interlock",
        "alarm",
        "instruments",
        "tables",
    )
    assert {f"site-{one}" for one in wanted} <= kinds


def test_every_field_the_reader_takes_is_told_of(root: Path) -> None:
    rooms = [root / "bioctl" / "equipment" / name for name in READERS]
    taken = {
        word
        for file in rooms
        for word in re.findall(
            r"(?:take|get|tags|_each)\([^\"(]*\"(\w+)\"", file.read_text("utf-8")
        )
    }
    page = (root / "docs" / "integrator" / "site-file.md").read_text("utf-8")
    assert {word for word in taken if not re.search(rf"\b{word}\b", page)} == set()
    assert len(taken) > 35
