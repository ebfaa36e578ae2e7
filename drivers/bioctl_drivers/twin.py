"""The simulated plant in process: the same port and the same answers, without a network.

For dry runs: one turn costs what the model costs. The plant's time moves only by `exchange`.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from bioctl.clock import Clock
from bioctl.equipment.driver import Call, CallState, Link, Outcome, Snapshot
from bioctl.errors import InputError, RefusedError, UnreachableError
from bioctl.tags import Kind, Tag
from bioctl.values import Outputs, Reading, Scalar, bad
from bioctl_drivers.arrays import ArrayImage

if TYPE_CHECKING:
    from bioctl_sim.commands import CommandDesk
    from bioctl_sim.plant import Plant
    from bioctl_sim.plantfile.spec import PlantFile


OPTIONS = ("driver", "seed", "noise", "plant")


class TwinDriver:
    """A plant of one's own, made on `start` and gone on `close`.

    Args:
        name: of the connection in the site file.
        options: `seed` (integer, default the plant's) of noise, errors and scatter; `noise`
            (default true); `plant`, a shipped plant or a plant file (default `demo`).
        tags: what to read and write; `node` is the plant's own tag name.
        clock: host time, for the source time of readings and the deadlines of calls.
        folder: of the site file, where a plant file is looked for.

    Raises:
        InputError: an unknown option, a seed that is no whole number, or a wrong plant file.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        tags: Sequence[Tag],
        clock: Clock,
        folder: Path,
    ) -> None:
        self.name = name
        self._seed, self._noise = _read(name, options)
        self._file = _plant(name, options, folder)
        self._tags = {tag.name: tag for tag in tags}
        self._clock = clock
        self._plant: Plant | None = None
        self._desk: CommandDesk | None = None
        self._image = ArrayImage((), ())
        self._missing: dict[str, Reading] = {}
        self._faults: dict[str, str] = {}
        self._snapshot = self._down("not started")

    async def start(self) -> None:
        """Make the plant; the link is up at once."""
        from bioctl_sim.commands import CommandDesk  # noqa: PLC0415  only a twin needs the model
        from bioctl_sim.plant import Plant  # noqa: PLC0415

        self._plant = Plant(self._seed, self._noise, self._file)
        self._desk = CommandDesk(self._plant)
        names = [tag.name for tag in self._plant.tags]
        self._image = ArrayImage(list(self._tags.values()), names)
        self._missing = {
            name: bad(_not_found(tag, names))
            for name, tag in self._tags.items()
            if tag.node not in names
        }
        self._read(self._plant)

    async def close(self) -> None:
        """Forget the plant."""
        self._plant = self._desk = None
        self._snapshot = self._down("the driver was closed")

    def latest(self) -> Snapshot:
        """Return the readings after the last turn or post."""
        return self._snapshot

    def post(self, outputs: Outputs, heartbeat: int) -> None:
        """Write outputs at once; time does not move, so a heartbeat has no meaning here."""
        del heartbeat
        if self._plant is not None:
            self._write(self._plant, outputs)
            self._read(self._plant)

    async def exchange(self, outputs: Outputs, dt_s: float) -> Snapshot:
        """Write outputs, step the plant by `dt_s`, read: one turn.

        Raises:
            RefusedError: the plant can't step by that.
            UnreachableError: the twin was not started, or is closed.
        """
        from bioctl_sim.refused import Refused  # noqa: PLC0415

        plant = self._running()
        self._write(plant, outputs)
        try:
            plant.step(dt_s)
        except Refused as refusal:
            raise RefusedError(str(refusal)) from refusal
        return self._read(plant)

    async def call(self, call: Call) -> Outcome:
        """Do a one-shot action at most once, unless its deadline has passed."""
        if self._desk is None:
            return Outcome(CallState.NEVER_ARRIVED, "not sent, the twin is not running.")
        state, message = self._desk.execute(
            call.id,
            call.unit,
            call.command,
            dict(call.arguments),
            call.deadline,
            self._clock.utc(),
        )
        return Outcome(CallState(state), message)

    async def outcome(self, call_id: str) -> Outcome:
        """Return what the plant knows of a call id.

        Raises:
            UnreachableError: the twin was not started, or is closed.
        """
        self._running()
        state, message = self._desk.state(call_id) if self._desk else ("never arrived", "")
        return Outcome(CallState(state), message)

    def _running(self) -> "Plant":
        if self._plant is None:
            raise UnreachableError(f"Connection '{self.name}' is down: {self._snapshot.reason}.")
        return self._plant

    def _write(self, plant: "Plant", outputs: Outputs) -> None:
        from bioctl_sim.refused import Refused  # noqa: PLC0415

        for name, value in outputs.items():
            try:
                plant.write(self._node(name), _number(value))
            except (Refused, ValueError) as refusal:
                self._faults[name] = f"the plant refused {value!r}: {refusal}"
            else:
                self._faults.pop(name, None)

    def _node(self, name: str) -> str:
        tag = self._tags.get(name)
        if tag is None or tag.kind is not Kind.OUTPUT:
            raise ValueError("this connection has no such output")
        return tag.node

    def _read(self, plant: "Plant") -> Snapshot:
        served = self._image.update(plant.values(), plant.statuses(), self._clock.utc())
        readings = {**served, **self._missing} if self._missing else served
        faults = dict(self._faults)
        self._snapshot = Snapshot(readings, Link.UP, "first", 1, plant.time, faults)
        return self._snapshot

    def _down(self, reason: str) -> Snapshot:
        return Snapshot({name: bad(reason) for name in self._tags}, Link.DOWN, reason)


def _read(name: str, options: Mapping[str, object]) -> tuple[int | None, bool]:
    for word in options:
        if word not in OPTIONS:
            near = get_close_matches(str(word), OPTIONS, 1)
            raise InputError(
                f"connection '{name}', option '{word}': there is no such option.",
                help=f"did you mean '{near[0]}'?" if near else f"known: {', '.join(OPTIONS)}.",
            )
    seed, noise = options.get("seed"), options.get("noise", True)
    whole = seed is None or (isinstance(seed, int) and not isinstance(seed, bool))
    if not whole or not isinstance(noise, bool):
        raise InputError(
            f"connection '{name}': 'seed' is {seed!r} and 'noise' is {noise!r}; expected a whole "
            "number, and true or false."
        )
    return seed, noise  # type: ignore[return-value]


def _plant(name: str, options: Mapping[str, object], folder: Path) -> "PlantFile | None":
    """Return the plant the options name; None is the twin's own default."""
    wanted = options.get("plant")
    if wanted is None:
        return None
    from bioctl_sim.plantfile.load import load, shipped  # noqa: PLC0415  only a twin needs it
    from bioctl_sim.refused import Refused  # noqa: PLC0415

    if not isinstance(wanted, str):
        raise InputError(f"connection '{name}': 'plant' is {wanted!r}; expected a name or a file.")
    try:
        return load(wanted if wanted in shipped() else folder / wanted)
    except Refused as refusal:
        raise InputError(f"connection '{name}', option 'plant': {refusal}") from refusal


def _number(value: Scalar) -> float:
    if isinstance(value, str):
        raise ValueError("it is no number")  # noqa: TRY004  one kind of failure
    return float(value)


def _not_found(tag: Tag, names: Sequence[str]) -> str:
    near = get_close_matches(tag.node, names, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"not found at the plant: no tag '{tag.node}'{hint}"
