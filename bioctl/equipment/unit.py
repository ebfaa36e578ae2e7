"""A unit as the site configures it: class, tags by name, loops, interlocks, alarms, instruments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bioctl.control.alarm_config import AlarmConfig
from bioctl.control.instrument import Instrument
from bioctl.control.interlock_config import InterlockConfig
from bioctl.control.loop_config import AnyLoop
from bioctl.control.permissive import PermissiveConfig
from bioctl.equipment.tables import Origin
from bioctl.tags import Tag


@dataclass(frozen=True, slots=True)
class UnitConfig:
    """One unit of the process cell (ISA-88 physical model).

    Attributes:
        class_name: unit class; recipes ask for classes.
        period_s: process seconds between two steps of procedures and loops.
        measurements: tag by measurement name of the class.
        outputs: tag by output name of the class.
        hold: value an output takes whenever no running phase asks for it (pumps, valves).
        idle: value an output takes when a batch is COMPLETE and has released the unit.
        loops, interlocks, permissives, alarms: by name.
        elsewhere: tags of other units its conditions read, as `UNIT.measurement`.
        counted: totalisers its conditions count the use of.
        instruments: what the site says of a measurement's instrument, by measurement.
        origins: by `group.name`, of interlocks and alarms that come from a table.
        without: by `group.name`, why a table's row is left out.
    """

    name: str
    class_name: str
    connection: str
    period_s: float
    measurements: Mapping[str, Tag]
    outputs: Mapping[str, Tag]
    hold: Mapping[str, float] = field(default_factory=dict)
    idle: Mapping[str, float] = field(default_factory=dict)
    loops: Mapping[str, AnyLoop] = field(default_factory=dict)
    interlocks: Mapping[str, InterlockConfig] = field(default_factory=dict)
    alarms: Mapping[str, AlarmConfig] = field(default_factory=dict)
    permissives: Mapping[str, PermissiveConfig] = field(default_factory=dict)
    elsewhere: Mapping[str, Tag] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)
