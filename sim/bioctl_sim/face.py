"""What the plant shows and lets be done, before any protocol: image, clock, registers, commands.

One face wraps one plant. Its caller has one event loop; nothing here waits.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from bioctl_sim.clock import HostClock, PlantClock
from bioctl_sim.commands import Answer, CommandDesk
from bioctl_sim.plant import Plant
from bioctl_sim.plantlog import PlantLog
from bioctl_sim.refused import Refused

MAX_ADVANCE_S: Final = 3600.0
_MAX_ARGUMENTS: Final = 10_000
_MAX_OWNER: Final = 200


class Image(NamedTuple):
    """All tags at one moment, in the order of the tag list.

    Attributes:
        values: in each tag's eu; switches 0 or 1.
        statuses: OPC UA status codes; 0 is Good.
        utc: host time of the image, seconds since 1970 UTC.
        stale: place of a tag -> the host time at which its time stamp stopped.
    """

    values: list[float]
    statuses: list[int]
    utc: float
    stale: Mapping[int, float]


class PlantFace:
    """The plant with its clock, its registers and its log.

    Args:
        plant: the process; only this face steps it.
        clock: decides how far it is stepped.
        host: where host time comes from.
        log: where everything done is written.
    """

    def __init__(self, plant: Plant, clock: PlantClock, host: HostClock, log: PlantLog) -> None:
        self.plant, self.clock, self.host, self.log = plant, clock, host, log
        self.desk = CommandDesk(plant)
        self.heartbeat = 0
        self.owner = ""
        self.truth_names = list(plant.truth())
        self._image: Image | None = None
        self._stopped: dict[int, float] = {}
        self._written: dict[str, float] = {}

    @property
    def image(self) -> Image:
        """The tags now; computed once after each change, however many ask."""
        if self._image is None:
            plant = self.plant
            utc = self.host.utc()
            self._stopped = {i: self._stopped.get(i, utc) for i in plant.stale()}
            self._image = Image(plant.values(), plant.statuses(), utc, self._stopped)
        return self._image

    @property
    def truth(self) -> list[float]:
        """The ground truth now, in the order of `truth_names`."""
        return list(self.plant.truth().values())

    def run(self) -> None:
        """Let the host time since the last call pass in the plant, watchdog included."""
        turn = self.clock.elapse(self.host.monotonic())
        if turn.before_s:
            self._step(turn.before_s)
        if turn.fallback:
            self.plant.fallback()
            self._written.clear()
            self._image = None
            self.record("plant", "watchdog", result="fallback: outputs set, doses stopped")
        if turn.after_s:
            self._step(turn.after_s)

    def advance(self, user: str, dt_s: float) -> float:
        """Step the plant by `dt_s`, 0 to 3600 s, and return the simulated time.

        Raises:
            Refused: `dt_s` is outside its range.
        """
        if not 0.0 <= dt_s <= MAX_ADVANCE_S:
            refusal = f"Advance can't step by {dt_s} s: expected 0 to {MAX_ADVANCE_S:g} s."
            self.record(user, "refusal", call="Advance", result=refusal)
            raise Refused(refusal)
        self.run()
        if self.clock.advance(self.host.monotonic()):
            self.record("plant", "watchdog", result="alive in lockstep")
        self._step(dt_s)
        self.record(user, "call", call="Advance", dt=dt_s)
        return self.plant.time

    def beat(self, count: int) -> None:
        """Take a new value of HB_Cmd; only a change is a sign of life."""
        if count == self.heartbeat:
            return
        self.run()
        self.heartbeat = count
        if self.clock.beat(self.host.monotonic()):
            self.record("plant", "watchdog", result="alive by heartbeat")

    def own(self, owner: str) -> None:
        """Set the owner register, at most 200 characters."""
        if len(owner) > _MAX_OWNER:
            raise Refused(f"Owner has {len(owner)} characters: expected {_MAX_OWNER} at most.")
        self.owner = owner

    def write_output(self, name: str, value: float) -> bool:
        """Set an output at once and return whether this differs from what was written last.

        Raises:
            Refused: the value does not fit the tag.
        """
        self.plant.write(name, value)
        self._image = None
        changed = self._written.get(name) != value
        self._written[name] = value
        return changed

    def execute(
        self,
        user: str,
        id: str,  # noqa: A002
        unit: str,
        command: str,
        arguments: str,
        deadline: float,
    ) -> Answer:
        """Do a one-shot command once; `arguments` is a JSON object, `deadline` seconds UTC."""
        try:
            answer = self._execute(id, unit, command, arguments, deadline)
        except Refused as refusal:
            answer = ("refused", str(refusal))
        self._image = None
        asked = {"id": id[:_MAX_OWNER], "unit": unit[:_MAX_OWNER], "command": command[:_MAX_OWNER]}
        asked |= {"arguments": arguments[:_MAX_ARGUMENTS]}
        deadline_shown = deadline if math.isfinite(deadline) else None
        self.record(user, "call", call="Execute", **asked, deadline=deadline_shown, result=answer)
        return answer

    def _execute(
        self,
        id: str,  # noqa: A002
        unit: str,
        command: str,
        arguments: str,
        deadline: float,
    ) -> Answer:
        if len(arguments) > _MAX_ARGUMENTS:
            raise Refused(f"The arguments are longer than {_MAX_ARGUMENTS} characters.")
        try:
            parsed = json.loads(arguments or "{}")
        except (ValueError, RecursionError) as broken:
            raise Refused(f"The arguments of {command} are no JSON: {broken}.") from broken
        if not isinstance(parsed, dict):
            raise Refused(f"The arguments of {command} must be a JSON object of name and value.")
        self.run()
        return self.desk.execute(id, unit, command, parsed, deadline, self.host.utc())

    def set_fault(self, user: str, name: str, amount: float, duration: float) -> Answer:
        """Break something; amount NaN takes the fault's own, duration 0 stays."""
        own = None if math.isnan(amount) else amount
        asked = {"call": "Faults.Set", "fault": name[:_MAX_OWNER], "duration": f"{duration:g}"}
        return self._break(user, asked, lambda: self.plant.set_fault(name, own, duration or None))

    def clear_fault(self, user: str, name: str) -> Answer:
        """Mend something; an empty name mends everything."""
        names = [name] if name else list(self.plant.faults.active)
        asked = {"call": "Faults.Clear", "fault": name[:_MAX_OWNER]}
        return self._break(
            user,
            asked,
            lambda: " ".join(map(self.plant.clear_fault, names)) or "Nothing was broken.",
        )

    def _break(self, user: str, asked: dict[str, str], do: Callable[[], str]) -> Answer:
        self.run()
        answer: Answer
        try:
            answer = "accepted", do()
        except Refused as refusal:
            answer = "refused", str(refusal)
        self._image = None
        self.record(user, "call", **asked, result=answer)
        return answer

    def record(self, user: str, what: str, **more: object) -> None:
        """Write one line to the plant's log, with host and simulated time."""
        self.log.write(self.host.utc(), self.plant.time, user, what, **more)

    def _step(self, dt_s: float) -> None:
        self.plant.step(dt_s)
        self._image = None
