"""The site file: connections, units and tags, loops, interlocks, alarms; all errors at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bioctl.equipment.fields import Fields, above_zero, collect, known, number, plain, text
from bioctl.equipment.own_alarms import CELL
from bioctl.equipment.tables import Table, installed_tables
from bioctl.equipment.unit import UnitConfig
from bioctl.equipment.unit_fields import read_unit, with_elsewhere
from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.document import Node, Scalar, parse
from bioctl.tags import Tag, UnitClass

PROFILES = ("demo", "lab", "gmp")
CLOCKS = ("lockstep", "wall")


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection: which driver, and the driver's own options."""

    name: str
    driver: str
    options: Mapping[str, object]
    where: Where | None = None
    """Its place in the site file."""


@dataclass(frozen=True, slots=True)
class Site:
    """A checked site file.

    Attributes:
        file: where it was read from; relative paths in it refer to its folder.
        profile: demo, lab or gmp.
        clock: `lockstep` (a simulated plant follows the controller) or `wall`.
        waiting_pace: lockstep only: process seconds per host second while a person is asked.
        data: folder of journal, history and accounts.
        port: socket of the command port.
    """

    file: Path
    name: str
    profile: str
    clock: str
    waiting_pace: float
    data: Path
    port: Path
    connections: Mapping[str, Connection]
    units: Mapping[str, UnitConfig] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The site file's folder."""
        return self.file.parent

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Every tag of every unit, once: instruments may share an analyser."""
        found = {
            tag.name: tag
            for unit in self.units.values()
            for tag in (*unit.measurements.values(), *unit.outputs.values())
        }
        return tuple(found.values())


def load_site(
    file: Path, classes: Mapping[str, UnitClass], tables: Mapping[str, Table] | None = None
) -> Site:
    """Read and check a site file; without `tables` those of the installed packages are known.

    Raises:
        InputErrors: everything that is wrong with it, with file, line and column.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"site file {file} can't be read: {error.strerror}",
            help="name it with --site, or make one with `bioctl site init DIR`",
        ) from error
    known_ = installed_tables() if tables is None else tables
    errors: list[InputError] = []
    read = partial(_site, file, classes, known_, errors)
    site = collect(errors, parse(content, str(file)), read)
    if errors or site is None:
        raise InputErrors(errors)
    return site


def _site(
    file: Path,
    classes: Mapping[str, UnitClass],
    tables: Mapping[str, Table],
    errors: list[InputError],
    node: Node,
) -> Site:
    fields = Fields(node, errors, "the site file")
    folder = file.parent
    clock = Fields(fields.take("clock", lambda n: n), errors, "clock")
    none: dict[str, Connection] = {}
    connections = fields.want("connections", partial(_connections, errors), none)
    site = Site(
        file=file,
        name=fields.want("site", text, ""),
        profile=fields.want("profile", known(PROFILES, "profile"), PROFILES[0]),
        clock=clock.want("mode", known(CLOCKS, "clock"), CLOCKS[0]),
        waiting_pace=clock.take("waiting_pace", above_zero(number), 60.0),
        data=folder / fields.take("data", text, "data"),
        port=folder / fields.take("port", text, "port.sock"),
        connections=connections,
        units=fields.want("units", partial(_units, classes, tables, connections, errors), {}),
    )
    clock.close()
    fields.close()
    _check_lockstep(site, clock, errors)
    if CELL in site.units:
        where = fields.node.entries["units"].as_mapping().keys[CELL].where
        remedy = "give the unit another name"
        errors.append(InputError(f"{CELL} stands for the whole cell.", where=where, help=remedy))
    return site


def _connections(errors: list[InputError], nodes: Node) -> dict[str, Connection]:
    found: dict[str, Connection] = {}
    for name, node in nodes.as_mapping().entries.items():
        options = node.as_mapping().entries
        if "driver" not in options:
            errors.append(InputError(f"connection {name} needs `driver`.", where=node.where))
            continue
        values = {key: plain(child) for key, child in options.items() if key != "driver"}
        found[name] = Connection(name, options["driver"].as_text(), values, node.where)
    return found


def _units(
    classes: Mapping[str, UnitClass],
    tables: Mapping[str, Table],
    connections: Mapping[str, Connection],
    errors: list[InputError],
    node: Node,
) -> dict[str, UnitConfig]:
    nodes = node.as_mapping().entries
    if not nodes:
        node.refuse("a site needs at least one unit.")
    others = {name: _readable(name, node, classes) for name, node in nodes.items()}
    read: dict[str, UnitConfig] = {}
    for name, child in nodes.items():
        elsewhere = {k: eu for unit, eus in others.items() if unit != name for k, eu in eus.items()}
        part = partial(read_unit, name, classes, tables, connections, errors, elsewhere=elsewhere)
        unit = collect(errors, child, part)
        if unit is not None:
            read[name] = unit
    return {name: with_elsewhere(unit, read) for name, unit in read.items()}


def _readable(name: str, node: Node, classes: Mapping[str, UnitClass]) -> dict[str, str]:
    """Return the eu of every measurement of a unit as other units read it: `UNIT.measurement`."""
    kind = node.as_mapping().entries.get("class")
    found = classes.get(kind.text) if isinstance(kind, Scalar) else None
    return {f"{name}.{one}": eu for one, eu in found.measurements.items()} if found else {}


def _check_lockstep(site: Site, clock: Fields, errors: list[InputError]) -> None:
    if site.clock != "lockstep":
        return
    where = clock.node.where
    if site.profile != "demo":
        message = "lockstep is for simulated plants: only profile demo may use it."
        errors.append(InputError(message, where=where, help="write mode: wall."))
    if len(site.connections) != 1:
        message = "lockstep needs exactly one connection: the simulated plant."
        errors.append(InputError(message, where=where))
