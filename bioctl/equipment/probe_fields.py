"""Probes in the site file: their last calibration, and the samples they are compared with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bioctl.control.probe import Calibration, Figure, Probe, SampleCheck
from bioctl.equipment.fields import Fields, collect, in_eu, known, located, quantity, seconds, text
from bioctl.language.document import Node
from bioctl.tags import Tag

ReadTag = Callable[[str, Node], Tag]
"""Reads a tag line; the first argument is the eu it has."""


@dataclass(slots=True)
class Probes:
    """What the site says of a unit's probes.

    Attributes:
        measurements: of the unit, by name.
        read_tag: reads a tag line.
        found: probes by measurement.
        tags: what only probes read, to be measurements too: `pH_sample`, `pH_sample_number`.
    """

    measurements: Mapping[str, Tag]
    read_tag: ReadTag
    found: dict[str, Probe] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)

    def read(self, fields: Fields) -> None:
        """Read the unit's `probes`; what is wrong with one is noted."""
        group = fields.get("probes")
        entries = group.as_mapping() if group else None
        for name, node in entries.entries.items() if entries else ():
            key = entries.keys[name] if entries else node
            collect(fields.errors, node, partial(self._probe, fields, name, key))

    def _probe(self, unit: Fields, name: str, key: Node, node: Node) -> None:
        located(key, known(self.measurements, "measurement"))
        tag, fields = self.measurements[name], Fields(node, unit.errors, f"probe {name}")
        done, sample = fields.get("calibration"), fields.get("sample")
        if done is None and sample is None:
            node.refuse(f"probe {name} says nothing.", "give it a calibration, or a sample.")
        self.found[name] = Probe(
            measurement=name,
            tag=tag.name,
            eu=tag.eu,
            calibration=located(done, partial(_calibration, unit, tag.eu)) if done else None,
            sample=located(sample, partial(self._sample, unit, name, tag.eu)) if sample else None,
        )
        fields.close()

    def _sample(self, unit: Fields, name: str, eu: str, node: Node) -> SampleCheck:
        fields = Fields(node, unit.errors, "sample")
        point, number, result = (fields.get(key) for key in ("point", "number", "result"))
        if (point is None) == (result is None):
            node.refuse("give `point`, a tag of an analyser, or `result`, which people enter.")
        if result is not None and number is not None:
            number.refuse("a result has no `number`: every answer is a new sample.")
        if point is not None:
            self.tags[sample_of(name)] = tag = located(point, partial(self.read_tag, eu))
            if tag.name == self.measurements[name].name:
                point.refuse(f"{name} can't be compared with itself.")
        if number is not None:
            self.tags[number_of(name)] = located(number, partial(self.read_tag, ""))
        check = SampleCheck(
            of=text(result) if result is not None else self.tags[sample_of(name)].name,
            apart=fields.take("apart", quantity(eu)),
            delay_s=fields.take("delay", seconds, 0.0),
            entered=result is not None,
        )
        fields.close()
        return check


def sample_of(measurement: str) -> str:
    """Return the name of the measurement that shows a probe's offline value."""
    return f"{measurement}_sample"


def number_of(measurement: str) -> str:
    """Return the name of the measurement that counts a probe's samples."""
    return f"{measurement}_sample_number"


def _calibration(unit: Fields, eu: str, node: Node) -> Calibration:
    fields = Fields(node, unit.errors, "calibration")
    on, due = fields.take("on", _day), fields.take("due", _day)
    calibration = Calibration(
        by=fields.take("by", text),
        on=_utc(on),
        due=_utc(due + timedelta(days=1)),
        said=due.isoformat(),
        figures=(*_figure(fields, "offset", eu), *_figure(fields, "slope", "%")),
    )
    fields.close()
    return calibration


def _figure(fields: Fields, name: str, eu: str) -> tuple[Figure, ...]:
    node = fields.get(name)
    if node is None:
        return ()
    inner = Fields(node, fields.errors, name)
    value, accept = inner.take("value", quantity(eu)), inner.take("accept", in_eu(eu))
    inner.close()
    return (Figure(name, value, accept, eu),)


def _day(node: Node) -> date:
    words = node.as_text()
    try:
        return date.fromisoformat(words)
    except ValueError:
        node.refuse(f"{words!r} is no day.", "write it as in 2026-11-27.")


def _utc(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()
