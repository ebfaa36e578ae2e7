"""Instruments in the site file: their last calibration, and the samples they are compared with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bioctl.control.instrument import Calibration, Figure, Instrument, SampleCheck
from bioctl.equipment.fields import Fields, collect, in_eu, known, located, quantity, seconds, text
from bioctl.language.document import Node
from bioctl.tags import Tag

ReadTag = Callable[[str, Node], Tag]
"""Reads a tag line; the first argument is the eu it has."""


@dataclass(slots=True)
class Instruments:
    """What the site says of a unit's instruments.

    Attributes:
        measurements: of the unit, by name.
        read_tag: reads a tag line.
        found: instruments by measurement.
        tags: what only instruments read, to be measurements too: `pH_sample`, `pH_sample_number`.
    """

    measurements: Mapping[str, Tag]
    read_tag: ReadTag
    found: dict[str, Instrument] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)

    def read(self, fields: Fields) -> None:
        """Read the unit's `instruments`; what is wrong with one is noted."""
        group = fields.get("instruments")
        entries = group.as_mapping() if group else None
        for name, node in entries.entries.items() if entries else ():
            key = entries.keys[name] if entries else node
            collect(fields.errors, node, partial(self._instrument, fields, name, key))

    def _instrument(self, unit: Fields, name: str, key: Node, node: Node) -> None:
        located(key, known(self.measurements, "measurement"))
        tag, fields = self.measurements[name], Fields(node, unit.errors, f"instrument {name}")
        done, sample = fields.get("calibration"), fields.get("sample")
        if done is None and sample is None:
            node.refuse(f"instrument {name} says nothing.", "give it a calibration, or a sample.")
        self.found[name] = Instrument(
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
        if result is not None and result.as_text() in self.measurements:
            result.refuse(f"{result.as_text()} is a measurement: no result of people has its name.")
        if result is not None and number is not None:
            number.refuse("a result has no `number`: every answer is a new sample.")
        value = self._read(f"{name}_sample", eu, point) if point is not None else ""
        counter = self._read(f"{name}_sample_number", "", number) if number is not None else ""
        if point is not None and self._tag(value).name == self._tag(name).name:
            point.refuse(f"{name} can't be compared with itself.")
        check = SampleCheck(
            of=text(result) if result is not None else self._tag(value).name,
            apart=fields.take("apart", quantity(eu)),
            delay_s=fields.take("delay", seconds, 0.0),
            value=value,
            number=counter,
        )
        fields.close()
        return check

    def _read(self, name: str, eu: str, node: Node) -> str:
        """Return the measurement a node names, or the new one whose tag line it is."""
        words = node.as_text()
        if words in self.measurements:
            if self.measurements[words].eu != eu:
                node.refuse(f"{words} is in {self.measurements[words].eu}, expected {eu}.")
            return words
        self.tags[name] = located(node, partial(self.read_tag, eu))
        return name

    def _tag(self, name: str) -> Tag:
        return self.tags.get(name) or self.measurements[name]


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
