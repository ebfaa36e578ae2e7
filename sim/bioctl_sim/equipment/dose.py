"""A dosing pump with its own totaliser: it delivers a volume from a source and stops itself."""

from collections.abc import Mapping
from enum import IntEnum

from bioctl_sim.equipment.unit import Sink, choice, need, number
from bioctl_sim.liquid import Recipe
from bioctl_sim.refused import Refused


class DoseState(IntEnum):
    """The numbers of tags XS101 and XS201."""

    IDLE = 0
    DOSING = 1
    DONE = 2
    STOPPED = 3


class DosePump:
    """DOSE and STOP_DOSE of one unit.

    Args:
        unit: name for messages.
        sources: stock liquids by name.
        max_volume: mL a dose.
        max_rate: mL/min.
    """

    def __init__(
        self, unit: str, sources: Mapping[str, Recipe], max_volume: float, max_rate: float
    ) -> None:
        self._unit = unit
        self._sources = sources
        self._max_volume = max_volume
        self._max_rate = max_rate
        self._source: Recipe | None = None
        self._wanted = 0.0
        self._rate = 0.0
        self.state = DoseState.IDLE
        self.delivered = 0.0
        """mL of the current or last dose."""

    @property
    def running(self) -> bool:
        """True while it delivers."""
        return self.state is DoseState.DOSING

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """DOSE {source, volume mL, rate mL/min} or STOP_DOSE {}; Refused otherwise."""
        if command == "DOSE":
            return self._start(arguments)
        if command == "STOP_DOSE":
            need(arguments, ())
            was_running = self.running
            self.stop()
            return f"{self._unit}: dose stopped." if was_running else f"{self._unit}: no dose ran."
        raise Refused(f"{self._unit} knows no {command!r}: expected DOSE or STOP_DOSE.")

    def _start(self, arguments: Mapping[str, object]) -> str:
        need(arguments, ("source", "volume", "rate"))
        source = choice(arguments, "source", tuple(self._sources))
        volume = number(arguments, "volume", 0.0, self._max_volume, "mL")
        rate = number(arguments, "rate", 1.0, self._max_rate, "mL/min")
        if self.running:
            raise Refused(
                f"{self._unit} is dosing already: wait until it is done or stop it first."
            )
        self._source, self._wanted, self._rate = self._sources[source], volume, rate
        self.delivered = 0.0
        self.state = DoseState.DOSING if volume > 0.0 else DoseState.DONE
        return f"{self._unit}: dosing {volume:g} mL of {source} at {rate:g} mL/min."

    def stop(self) -> None:
        """Stop a running dose; its state becomes STOPPED."""
        if self.running:
            self.state = DoseState.STOPPED

    def step(self, target: Sink, gain: float = 1.0) -> None:
        """Deliver one second's worth into `target`; a full vessel stops the dose.

        Args:
            target: where it goes.
            gain: what arrives of what the pump counts.
        """
        if self._source is None or self.state is not DoseState.DOSING:
            return
        wanted = min(self._rate / 60.0, self._wanted - self.delivered)
        volume = min(wanted, target.room * 1000.0)
        if volume > 0.0:
            target.add(self._source.draw(gain * volume / 1000.0))
            self.delivered += volume
        if self.delivered >= self._wanted - 1e-9:
            self.delivered = self._wanted
            self.state = DoseState.DONE
        elif volume < wanted:
            self.state = DoseState.STOPPED
