"""Our loops on the vessel of the control figures: shared structures, laws from the data sheet."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from control_reference import START, speed_rpm, structures
from control_vessel import NOISE, SCAN_S, SETPOINTS, Bench

from bioctl.control import scale as sheet
from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import LoopState, set_mode, set_setpoint
from bioctl.control.scale import Scale
from bioctl.values import Range, Reading

RANGES: Final = {
    "temperature": (Range(0, 60), Range(4, 40)),
    "pH": (Range(2, 12), Range(6, 8)),
    "dissolved_oxygen": (Range(0, 300), Range(0, 100)),
}


def data_sheet(bench: Bench) -> Scale:
    """Return what a site file would say of this vessel."""
    p = bench.vessel.parameters
    return Scale(
        volume=bench.litres,
        diameter=p.diameter,
        impeller=p.impeller,
        power_number=p.power_number,
        sparger=p.sparger,
        jacket=p.jacket_ua,
        jacket_lag=p.tcu_lag,
        wall=p.wall,
        base=0.5,
        probes={"temperature": 10.0, "pH": 20.0, "dissolved_oxygen": 13.0},
        noise={name: sigma for name, (sigma, _) in NOISE.items()},
    )


def loops(bench: Bench) -> dict[str, LoopConfig]:
    """Return the three loops as the scheme tunes them."""
    data, maps = data_sheet(bench), structures(bench)
    rpm = speed_rpm(bench, 15.0)
    wanted = SETPOINTS["dissolved_oxygen"]
    law, schedule = sheet.oxygen(data, maps["dissolved_oxygen"], wanted, SCAN_S)
    laws = {
        "temperature": sheet.temperature(data, SCAN_S),
        "pH": sheet.acidity(data, maps["pH"], rpm, SCAN_S),
        "dissolved_oxygen": law,
    }
    found = {
        name: LoopConfig(
            name=name,
            pv=name,
            pv_range=RANGES[name][0],
            sp_range=RANGES[name][1],
            structure=maps[name],
            tuning=laws[name],
            fallback=maps[name].values(START[name]),
        )
        for name in laws
    }
    found["dissolved_oxygen"] = replace(found["dissolved_oxygen"], schedule=schedule)
    return found


class Ours:
    """Three loops of bioctl, scanned as a unit's are."""

    def __init__(self, bench: Bench, configs: Mapping[str, LoopConfig] | None = None) -> None:
        self.configs = dict(configs or loops(bench))
        self.states: dict[str, LoopState] = {}
        self._real: dict[str, float] = {}
        for name, config in self.configs.items():
            state = set_setpoint(config, LoopState(), SETPOINTS[name])
            self.states[name] = set_mode(config, state, Mode.AUTO)
            self._real |= config.structure.values(START[name])

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs."""
        for name, config in self.configs.items():
            self.states[name], outputs, _ = scan_loop(
                config, self.states[name], Reading(readings[name]), self._real, now, float(SCAN_S)
            )
            self._real |= outputs
        return dict(self._real)
