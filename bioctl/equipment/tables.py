"""Protection tables: rows of alarms and interlocks that units share, found by entry point.

    tables: [culture_temperature]        rows, as they ship
    alarms: {temperature_high: {...}}    the unit's own fields go before the row's
    without: {temperature_low: "why"}    no such row in this unit

A row keeps the place where it is written: an error in it names the table's line and the unit's.
"""

from collections.abc import Mapping as Mapping_
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from bioctl.equipment.fields import Fields, each, known, located, text
from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.document import Mapping, Node, Scalar, parse
from bioctl.language.nearest import nearest, suggest, visible

GROUPS = ("alarms", "interlocks", "permissives")
"""What a table may hold; each is a group of a unit in the site file."""

ENTRY_POINT = "bioctl.protection_tables"
"""A package's entry points of this group each name a folder of `*.yaml`, one table a file."""


@dataclass(frozen=True, slots=True)
class Table:
    """One shipped table: its rows by group, as they are written."""

    name: str
    about: str
    groups: Mapping_[str, Mapping]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row of a unit comes from.

    Attributes:
        table: the table's name.
        where: the row's place in it.
        amended: fields the site file gives in place of the row's.
    """

    table: str
    where: Where
    amended: tuple[str, ...] = ()


def origin_text(origin: Origin | None) -> str:
    """Return where a row comes from, in words; None: the site file."""
    if origin is None:
        return "site file"
    amended = f", {' and '.join(origin.amended)} by the site file" if origin.amended else ""
    return f"table {origin.table}, line {origin.where.line}{amended}"


@dataclass(slots=True)
class Rows:
    """What a unit's tables and its own entries come to.

    Attributes:
        groups: entries by group, amended; a group nobody has anything for is missing.
        origins: by `group.name`, of the rows that come from a table.
        without: by `group.name`, why a row is left out.
        asked: where the unit names its tables.
    """

    groups: dict[str, Mapping] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    asked: Where | None = None

    def told(self, group: str, name: str, node: Node, error: InputError) -> InputError:
        """Return an error of an entry with what its reader has to know about tables."""
        origin = self.origins.get(f"{group}.{name}")
        if origin is not None:
            remedy = f"{self.asked} takes it from table {origin.table}: amend or leave it out there"
            if error.where is not None and error.where.file == origin.where.file:
                help_ = "; ".join(filter(None, (error.help, remedy)))
                return InputError(error.message, where=error.where, help=help_)
            return error
        rows = [key.partition(".")[2] for key in self.origins if key.startswith(f"{group}.")]
        near = nearest(name, rows)
        if near is None or error.where != node.where:
            return error
        remedy = f"no table of this unit has a row {visible(name)!r}; did you mean {near!r}?"
        return InputError(error.message, where=error.where, help=remedy)


@cache
def installed_tables() -> Mapping_[str, Table]:
    """Return the tables of every installed package, by name.

    Raises:
        InputErrors: a table that can't be read, or two of one name.
    """
    found: dict[str, Table] = {}
    errors: list[InputError] = []
    for entry in entry_points(group=ENTRY_POINT):
        folder: Path = entry.load()
        for file in sorted(folder.glob("*.yaml")):
            node = parse(file.read_text("utf-8"), str(file))
            table = read_table(node, errors)
            if table.name in found:
                message = f"there is a table {table.name!r} already."
                errors.append(InputError(message, where=node.where))
            found.setdefault(table.name, table)
    if errors:
        raise InputErrors(errors)
    return found


def read_table(node: Node, errors: list[InputError]) -> Table:
    """Return one table. Its rows are read when a unit takes them.

    Raises:
        InputError: it is no mapping, or a group is none.
    """
    fields = Fields(node, errors, "the table")
    name, about = fields.want("table", text, ""), fields.want("description", text, "")
    groups = {one: child.as_mapping() for one in GROUPS if (child := fields.get(one)) is not None}
    fields.close()
    return Table(name, about, groups)


def take_rows(fields: Fields, tables: Mapping_[str, Table], errors: list[InputError]) -> Rows:
    """Return what a unit takes from tables, amended by its own entries.

    Raises:
        InputError: `tables` or `without` can't be read.
    """
    asked = fields.get("tables")
    if asked is not None and not tables:
        asked.refuse(
            "no protection table is installed, not even bioctl's own.",
            "install bioctl again; in a checkout `python3 run.py bioctl site check` does.",
        )
    taken: Sequence[str] = located(asked, each(known(tables, "table"))) if asked else ()
    rows = Rows(asked=asked.where if asked else None)
    shipped = {group: _shipped(taken, tables, group, asked, errors) for group in GROUPS}
    rows.without = _without(fields, shipped, errors)
    for group in GROUPS:
        own = fields.get(group)
        own_entries = own.as_mapping() if own else Mapping(fields.node.file, 0, 0)
        merged = _merged(group, shipped[group], own_entries, rows, errors)
        if own or merged.entries:
            rows.groups[group] = merged
    return rows


Shipped = dict[str, tuple[str, Scalar, Mapping]]
"""By row: its table, its key and its fields."""


def _shipped(
    taken: Sequence[str],
    tables: Mapping_[str, Table],
    group: str,
    asked: Node | None,
    errors: list[InputError],
) -> Shipped:
    found: Shipped = {}
    for table in taken:
        node = tables[table].groups.get(group)
        for name, row in node.entries.items() if node else ():
            if name in found and asked is not None:
                message = f"tables {found[name][0]} and {table} both have {name!r} in {group}."
                remedy = "take one of the two"
                errors.append(InputError(message, where=asked.where, help=remedy))
            elif node is not None:
                found[name] = (table, node.keys[name], row.as_mapping())
    return found


def _without(
    fields: Fields, shipped: Mapping_[str, Shipped], errors: list[InputError]
) -> dict[str, str]:
    """Return why rows are left out; a plain name that two groups have must say which."""
    node = fields.get("without")
    entries = node.as_mapping() if node else Mapping("", 0, 0)
    every = [f"{group}.{name}" for group, rows in shipped.items() for name in rows]
    found: dict[str, str] = {}
    for name, reason in entries.entries.items():
        where = entries.keys[name].where
        meant = [one for one in every if name in {one, one.partition(".")[2]}]
        if not meant:
            message = f"no table of this unit has a row {visible(name)!r}."
            names = [one.partition(".")[2] for one in every]
            errors.append(InputError(message, where=where, help=suggest(name, names, "rows")))
        elif len(meant) > 1:
            message = f"{visible(name)!r} is a row of several groups."
            errors.append(InputError(message, where=where, help=f"write {' or '.join(meant)}"))
        else:
            found[meant[0]] = reason.as_text()
    return found


def _merged(
    group: str, shipped: Shipped, own: Mapping, rows: Rows, errors: list[InputError]
) -> Mapping:
    found = Mapping(own.file, own.line, own.column)
    for name, (table, key, row) in shipped.items():
        if f"{group}.{name}" in rows.without:
            if name in own.entries:
                message = f"{name!r} is amended here and left out by `without`."
                errors.append(InputError(message, where=own.keys[name].where, help="keep one"))
            continue
        mine = own.entries.get(name)
        found.keys[name] = own.keys[name] if mine else key
        found.entries[name] = _amended(row, mine.as_mapping()) if mine else row
        amended = tuple(mine.as_mapping().entries) if mine else ()
        rows.origins[f"{group}.{name}"] = Origin(table, key.where, amended)
    for name, entry in own.entries.items():
        if name not in shipped:
            found.keys[name], found.entries[name] = own.keys[name], entry
    return found


def _amended(row: Mapping, own: Mapping) -> Mapping:
    """Return the row with the unit's own fields; one that is given as nothing is taken away."""
    found = Mapping(own.file, own.line, own.column, dict(row.entries), dict(row.keys))
    for name, child in own.entries.items():
        if isinstance(child, Scalar) and child.empty:
            found.entries.pop(name, None)
            found.keys.pop(name, None)
        else:
            found.entries[name], found.keys[name] = child, own.keys[name]
    return found
