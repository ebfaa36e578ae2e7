"""The command pipeline: the one way in for everything a person or program asks (promise 11).

authorise → state and plausibility → signature if asked → intent, durable → act → outcome. What is
refused on the way is journaled as well.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from bioctl.app import loops
from bioctl.app.alarms import alarm_step
from bioctl.app.interlocks import BYPASS, MEANING, interlock_step, needs_second
from bioctl.app.protective import Step
from bioctl.app.recipes import NEED_REASON, meaning_of, recipe_events
from bioctl.app.release import RELEASE, release_step
from bioctl.app.signing import refuse_other, signed, signed_by_second
from bioctl.app.start import new_batch
from bioctl.app.store import Store
from bioctl.app.views import cell_view
from bioctl.audit.actions import allowed
from bioctl.audit.entry import Event
from bioctl.audit.people import People, Person
from bioctl.audit.sentence import sentence
from bioctl.audit.signature import sign
from bioctl.batch.control_recipe import from_dict
from bioctl.batch.log import SYSTEM, Actor
from bioctl.batch.permits import refuse_blocked
from bioctl.batch.prompts import open_prompt, plausible
from bioctl.batch.requests import Request
from bioctl.batch.state import BatchState, Prompt
from bioctl.clock import Clock
from bioctl.errors import BioctlError, InputError, RefusedError, StorageError, UnreachableError
from bioctl.phases.states import Command as Verb
from bioctl.port.messages import Answer, Command, Session

IDLE_S = 600.0
"""A session nobody used for this long (host) is over."""

OUTCOME_S = 15.0
"""How long a command waits for the scan that carries it out (host)."""


class Pipeline:
    """The cell as its command port offers it (`bioctl.port.service.CellPort`)."""

    def __init__(
        self, store: Store, people: People, clock: Clock, more: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._store = store
        self._core = store.core
        self._people = people
        self._clock = clock
        self._more = more
        self._sessions: dict[str, tuple[Person, float]] = {}
        self._news = asyncio.Event()
        self._given: set[str] = set()
        """Ids of commands on their way to an intent."""
        self._starting = asyncio.Lock()
        store.changed = self._wake
        store.journal.watch(lambda _entries: self._wake(), asyncio.get_running_loop())

    async def login(self, user: str, password: str) -> Session:
        """Open a session, or refuse and journal it."""
        try:
            person = await asyncio.to_thread(self._people.check, user, password)
        except RefusedError as error:
            self._tell("login.failed", SYSTEM, {"user": user, "reason": error.message})
            raise
        token = secrets.token_urlsafe(32)
        self._sessions[token] = (person, self._clock.monotonic())
        self._tell("login.accepted", _actor(person), {"user": person.id})
        return Session(token=token, user=person.id, name=person.name, role=person.role)

    async def command(self, token: str | None, command: Command) -> Answer:
        """Put one command through the pipeline."""
        actor: Actor = SYSTEM
        try:
            person = self._person(token)
            actor = _actor(person)
            if command.id in self._given or command.id in self._core.state.commands:
                return self._again(command.id)
            return await self._first(command, person)
        except BioctlError as error:
            data = {"command": command.name, "args": _public(command), "reason": str(error)}
            self._tell("command.rejected", actor, data, self._batch_of(command))
            raise

    async def _first(self, command: Command, person: Person) -> Answer:
        self._given.add(command.id)
        try:
            if not allowed(person.role, command.name):
                raise RefusedError(f"role {person.role} may not {command.name}")
            if command.deadline is not None and self._clock.utc() >= command.deadline:
                raise RefusedError("the command came after its deadline", help="give it again")
            return await self._carry_out(command, person)
        finally:
            self._given.discard(command.id)

    def _again(self, command: str) -> Answer:
        """Answer a command whose id was given before; it acts once."""
        outcome = self._core.state.commands.get(command)
        if not outcome:
            return Answer(outcome="accepted", message="this command was already given: under way")
        if outcome == "done":
            return Answer(outcome="done", message="this command was already given and is done")
        why = self._core.state.messages.get(command, outcome)
        return Answer(outcome="rejected", message=f"this command was already given: {why}")

    def view(self) -> dict[str, Any]:
        """Return the cell as JSON."""
        return cell_view(self._core) | dict(self._more())

    async def entries(
        self, after: int, batch: str | None, wait_s: float, limit: int
    ) -> list[dict[str, Any]]:
        """Return entries after `after`, waiting up to `wait_s` for the first."""
        until = self._clock.monotonic() + wait_s
        while True:
            news = self._news
            found = await asyncio.to_thread(self._store.journal.page, after, batch, limit)
            left = until - self._clock.monotonic()
            if found or left <= 0:
                return [{"seq": e.seq, **e.body, "sentence": sentence(e)} for e in found]
            try:
                async with asyncio.timeout(left):
                    await news.wait()
            except TimeoutError:
                return []

    async def _carry_out(self, command: Command, person: Person) -> Answer:
        if command.name == "batch.start":
            return await self._start(command, person)
        if command.name in loops.COMMANDS:
            return await self._loop(command, person)
        if command.name.startswith("recipe."):
            return await self._recipe(command, person)
        if command.name.startswith(("alarm.", "interlock.")) or command.name == RELEASE:
            return await self._protective(command, person)
        batch = self._batch(command)
        if batch.released:
            raise RefusedError(f"batch {batch.id} is over: it is {batch.state}")
        request = await self._request(command, batch, person)
        if request.name in (Verb.RESTART, Verb.RESUME):
            self._check_links(batch.control.units)
            refuse_blocked(batch, Verb(request.name), self._core.blocks())
        await self._intent(command, person, batch.id)
        self._core.request(batch.id, request)
        return await self._outcome(command.id, batch.id)

    async def _request(self, command: Command, batch: BatchState, person: Person) -> Request:
        actor, verb = _actor(person), command.name.removeprefix("batch.")
        if verb in ("answer", "sign"):
            args = await self._answer_args(command, batch, person)
            return Request(
                command.id, "answer", actor, command.reason, command.seen, args, command.deadline
            )
        if verb not in set(Verb):
            raise InputError(
                f"there is no command {command.name}", help="batch.hold, batch.restart, ..."
            )
        if not command.reason.strip():
            raise InputError(f"{command.name} needs a reason", help="say why, for the record")
        return Request(
            command.id, verb, actor, command.reason, command.seen, deadline=command.deadline
        )

    async def _answer_args(
        self, command: Command, batch: BatchState, person: Person
    ) -> dict[str, Any]:
        prompt = open_prompt(batch, str(command.args.get("prompt", "")))
        signs = command.name == "batch.sign"
        if signs != (prompt.ask.kind == "signature"):
            remedy = (
                "use `bioctl batch sign`"
                if prompt.ask.kind == "signature"
                else "use `bioctl batch answer`"
            )
            raise RefusedError(f"prompt {prompt.id} is answered another way", help=remedy)
        if signs and person.role != prompt.ask.role:
            raise RefusedError(
                f"prompt {prompt.id} is to be signed by a {prompt.ask.role}, you are {person.role}"
            )
        args = {"prompt": prompt.id, "comment": str(command.args.get("comment", ""))}
        if signs:
            return await self._signed(command, batch, prompt, args, person)
        value = str(command.args.get("value", ""))
        return args | {"value": plausible(prompt.ask, value)}

    async def _signed(
        self,
        command: Command,
        batch: BatchState,
        prompt: Prompt,
        args: dict[str, Any],
        person: Person,
    ) -> dict[str, Any]:
        """Authenticate again at the moment of signing, and bind the signature to what was shown."""
        signer, said = await signed(self._people, command, person, "this prompt is answered")
        meaning = plausible(prompt.ask, said)
        shown = {"text": prompt.ask.text, "evidence": dict(prompt.ask.evidence), "answer": meaning}
        record = f"batch:{batch.id}/prompt:{prompt.id}"
        signature = sign(record, shown, str(meaning), signer, self._clock.utc())
        return args | {"value": meaning, "signature": asdict(signature)}

    async def _recipe(self, command: Command, person: Person) -> Answer:
        """Carry out what a person does to a recipe; it is done when it is durable."""
        verb = command.name.partition(".")[2]
        if verb in NEED_REASON and not command.reason.strip():
            raise InputError(f"{command.name} needs a reason", help="say why, for the record")
        signer, said = await signed(self._people, command, person, f"{command.name} is given")
        refuse_other(command, said, meaning_of(verb))
        async with self._starting:
            events, told = await asyncio.to_thread(
                recipe_events, self._core, verb, command.args, signer, self._clock.utc()
            )
            data = {"id": command.id, "outcome": "done", "message": told}
            done = Event("command.outcome", _actor(person), data, t=self._core.world.now)
            await self._intent(command, person, "", [*events, done])
        return Answer(outcome="done", message=told)

    async def _protective(self, command: Command, person: Person) -> Answer:
        """Carry out what is done to an alarm, interlock or dose, once its intent is durable."""
        actor = _actor(person)
        signer = await self._protective_signer(command, person)
        step = self._step(command, actor, signer)
        await self._intent(command, person, "", step.signed)
        now = self._core.world.now
        try:
            step = self._step(command, actor, signer)
        except RefusedError as error:  # a scan came between
            data = {"id": command.id, "outcome": "rejected", "message": str(error)}
            self._store.act_late([Event("command.outcome", actor, data, t=now)])
            return Answer(outcome="rejected", message=str(error))
        step.put()
        self._core.asked = True
        data = {"id": command.id, "outcome": "done", "message": step.told}
        self._store.act_late([step.event, Event("command.outcome", actor, data, t=now)])
        return Answer(outcome="done", message=step.told)

    def _step(self, command: Command, actor: Actor, signer: Person | None) -> Step:
        noun, _, verb = command.name.partition(".")
        core, args, reason = self._core, command.args, command.reason
        if noun == "alarm":
            return alarm_step(core, verb, args, reason, actor)
        if command.name == RELEASE and signer is not None:
            return release_step(core, args, reason, actor, signer, self._clock.utc())
        return interlock_step(core, verb, args, reason, actor, signer, self._clock.utc())

    async def _protective_signer(self, command: Command, person: Person) -> Person | None:
        """Return who signs: for a bypass its author, for a release a second person, else nobody."""
        if command.name == BYPASS:
            what = f"{command.name} is given"
            signer, said = await signed(self._people, command, person, what)
        elif command.name == RELEASE or (
            command.name == "interlock.reset" and needs_second(self._core, command.args)
        ):
            signer, said = await signed_by_second(self._people, command, person)
        else:
            return None
        refuse_other(command, said, MEANING)
        return signer

    async def _start(self, command: Command, person: Person) -> Answer:
        async with self._starting:  # two people may have chosen the same id or unit
            utc = self._clock.utc()
            batch, created = await asyncio.to_thread(new_batch, self._core, command.args, utc)
            known = self._core.state.batches.get(batch)
            self._check_links(created["units"] if created else known.control.units if known else {})
            actor, now = _actor(person), self._core.world.now
            control = known.control if known else from_dict((created or {})["control_recipe"])
            refuse_blocked(BatchState(batch, control, now), Verb.START, self._core.blocks())
            news = [Event("batch.created", actor, created, batch, t=now)] if created else []
            await self._intent(command, person, batch, news)
        reason = command.reason or "start"
        request = Request(command.id, "start", actor, reason, deadline=command.deadline)
        self._core.request(batch, request)
        return await self._outcome(command.id, batch)

    async def _loop(self, command: Command, person: Person) -> Answer:
        """Carry out what is asked of a loop: durable first, the next scan acts on it."""
        if not command.reason.strip():
            raise InputError(f"{command.name} needs a reason", help="say why, for the record")
        ask = loops.asked(self._core, command.name, command.args, person.id)
        now = self._core.world.now
        more = []
        if ask.data:
            more += [
                Event("loop.set", _actor(person), ask.data, ask.batch, t=now, unit=ask.unit),
            ]
        done = {"id": command.id, "command": command.name, "outcome": "done", "message": ask.said}
        more += [Event("command.outcome", SYSTEM, done, ask.batch, t=now, unit=ask.unit)]
        await self._intent(command, person, ask.batch or "", more)
        loops.begin(self._core, ask, person.id)
        return Answer(outcome="done", message=ask.said)

    def _check_links(self, units: Mapping[str, str]) -> None:
        """Raise UnreachableError when equipment that would be set in motion can't be reached."""
        links = self._more().get("links", {})
        for name in {self._core.site.units[unit].connection for unit in units.values()}:
            link = links.get(name, {"link": "up"})
            if link["link"] != "up":
                raise UnreachableError(
                    f"connection {name} is {link['link']}: {link['reason']}",
                    help="give the command again when `bioctl batch list` shows no connection",
                )

    async def _intent(
        self, command: Command, person: Person, batch: str, more: Sequence[Event] = ()
    ) -> None:
        data = {"id": command.id, "command": command.name, "args": _public(command)}
        data["reason"] = command.reason
        event = Event(
            kind="command.intent",
            actor=_actor(person),
            data=data,
            batch=batch if batch in self._core.state.batches else None,
            t=self._core.world.now,
        )
        try:
            await self._store.commit([event, *more])
        except StorageError:
            if command.name.removeprefix("batch.") not in ("hold", "stop", "abort"):
                raise
            self._store.act_late([event])

    async def _outcome(self, command: str, batch: str) -> Answer:
        try:
            async with asyncio.timeout(OUTCOME_S):
                while not self._core.state.commands.get(command):
                    await self._news.wait()
        except TimeoutError:
            return Answer(outcome="accepted", message="accepted; its outcome will be an entry")
        outcome = self._core.state.commands[command]
        state = self._core.state.batches[batch].state
        if outcome != "done":
            return Answer(outcome="rejected", message=self._core.state.messages[command])
        return Answer(outcome="done", message=f"batch {batch} is {state}", data={"batch": batch})

    def _person(self, token: str | None) -> Person:
        person, used = self._sessions.get(token or "", (None, 0.0))
        now = self._clock.monotonic()
        if person is None or now - used > IDLE_S:
            self._sessions.pop(token or "", None)
            raise RefusedError(
                "you are not logged in, or your session is over", help="log in again"
            )
        self._sessions[str(token)] = (person, now)
        return person

    def _batch_of(self, command: Command) -> str | None:
        """Return the batch whose record a refusal belongs to; a finished record takes none."""
        batch = self._core.state.batches.get(str(command.args.get("batch", "")))
        return batch.id if batch and not batch.released else None

    def _batch(self, command: Command) -> BatchState:
        batch = self._core.state.batches.get(str(command.args.get("batch", "")))
        if batch is None:
            known = ", ".join(self._core.state.batches) or "none"
            raise InputError(
                f"there is no batch {command.args.get('batch')}", help=f"batches: {known}"
            )
        return batch

    def _tell(
        self, kind: str, actor: Actor, data: Mapping[str, Any], batch: str | None = None
    ) -> None:
        now = self._core.world.now
        self._store.tell([Event(kind=kind, actor=actor, data=data, batch=batch, t=now)])

    def _wake(self) -> None:
        """Let whoever waits for news look again."""
        news, self._news = self._news, asyncio.Event()
        news.set()


def _actor(person: Person) -> Actor:
    return {"type": "person", "id": person.id, "name": person.name, "role": str(person.role)}


_TEXTS = frozenset({"recipe", "parts", "scale", "sheet"})


def _public(command: Command) -> dict[str, Any]:
    """Return the arguments as they are journaled.

    A recipe's text is journaled with its batch, and where its file lies is nobody's business.
    """
    args = {name: value for name, value in command.args.items() if name not in _TEXTS}
    return args | ({"file": PurePath(str(args["file"])).name} if "file" in args else {})
