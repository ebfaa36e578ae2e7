"""One plain English sentence for every entry, so that a reviewer reads no JSON."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bioctl.audit.entry import Entry
from bioctl.audit.kinds import Kind
from bioctl.clock import duration_text, utc_text

Data = Mapping[str, Any]


def sentence(entry: Entry) -> str:
    """Return one sentence: who did what, where. A kind of a newer version is shown as it stands."""
    tell = SENTENCES.get(entry.kind)
    text = tell(entry, entry.data) if tell else f"{_who(entry)} recorded {entry.kind}"
    late = " (written late)" if entry.late else ""
    stop = "" if text.endswith("?") and not late else "."
    return f"{text[:1].upper()}{text[1:]}{late}{stop}"


def line(entry: Entry) -> str:
    """Return the sentence with number and UTC time before it, for logs and lists."""
    return f"{entry.seq} {utc_text(entry.utc)} {sentence(entry)}"


def _who(entry: Entry) -> str:
    actor = entry.actor
    name = actor.get("name") or actor["id"]
    if actor["type"] == "person":
        login = f" ({actor['id']}, {actor['role']})" if actor.get("role") else ""
        return f"{name}{login}"
    if actor["type"] == "system":
        return "the controller" if name == "bioctl" else f"the controller ({name})"
    return f"{actor['type']} {name}"


def _at(entry: Entry) -> str:
    return f" on {entry.unit}" if entry.unit else ""


def _step(entry: Entry) -> str:
    return f"phase {entry.path}" if entry.path else "the phase"


def _batch(entry: Entry) -> str:
    return f"batch {entry.batch}" if entry.batch else "the batch"


def _value(value: Any, eu: Any = "") -> str:  # noqa: ANN401
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {eu}".rstrip()


def _because(data: Data, key: str = "reason") -> str:
    return f": {str(data[key]).rstrip('.')}" if data.get(key) else ""


def _args(args: Any) -> str:  # noqa: ANN401
    if not isinstance(args, Mapping) or not args:
        return ""
    told = ", ".join(f"{name} {_value(value)}" for name, value in sorted(args.items()))
    return f" with {told}"


def _started(_: Entry, data: Data) -> str:
    before = _because(data, "how_it_ended_before")
    profile, version = data.get("profile"), data.get("version")
    return f"the controller started, version {version}, profile {profile}; before{before or ': -'}"


def _people_changed(entry: Entry, data: Data) -> str:
    old, new = data.get("old"), data.get("new")
    change = f" from {_value(old)} to {_value(new)}" if new is not None else ""
    return f"{_who(entry)} changed the {data.get('what', 'account')} of {data.get('user')}{change}"


def _intent(entry: Entry, data: Data) -> str:
    given = f"{data.get('command')}{_args(data.get('args'))}"
    return f"{_who(entry)} gave the command {given}{_because(data)}"


def _outcome(_: Entry, data: Data) -> str:
    name = data.get("command") or data.get("id")
    return f"the command {name} was {data.get('outcome')}{_because(data, 'message')}"


def _rejected(entry: Entry, data: Data) -> str:
    given = f"{data.get('command')}{_args(data.get('args'))}"
    return f"{_who(entry)} asked for {given} and was refused{_because(data)}"


def _recipe_status(entry: Entry, data: Data) -> str:
    name = f"recipe {data.get('recipe')} version {data.get('version')}"
    change = f"from {data.get('from')} to {data.get('status')}"
    return f"{_who(entry)} brought {name} {change}, content {str(data.get('hash', ''))[:12]}"


def _recipe_scaled(entry: Entry, data: Data) -> str:
    name = f"recipe {data.get('recipe')} version {data.get('version')}"
    sizes = f"from {data.get('from')} to {data.get('to')}"
    return f"{_who(entry)} signed the scale sheet of {name} {sizes}, {str(data.get('hash'))[:12]}"


def _created(entry: Entry, data: Data) -> str:
    units = ", ".join(f"{role} {unit}" for role, unit in sorted(data.get("units", {}).items()))
    recipe = f"{data.get('recipe')} version {data.get('version')}"
    return f"{_who(entry)} created {_batch(entry)} from recipe {recipe} on {units or 'no unit'}"


def _state(what: str, data: Data) -> str:
    before = f" from {data['from']}" if data.get("from") else ""
    return f"{what} went{before} to {data.get('state')}{_because(data, 'cause')}"


def _phase_state(entry: Entry, data: Data) -> str:
    return _state(f"{_step(entry)}{_at(entry)}", data)


def _phase_step(entry: Entry, data: Data) -> str:
    used = data.get("used") or {}
    told = ", ".join(f"{tag} {_reading(value)}" for tag, value in sorted(used.items()))
    seen = f", having seen {told}" if told else ""
    return f"{_step(entry)}{_at(entry)} went to step {data.get('step')}{seen}"


def _reading(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, list | tuple) or len(value) != 2:
        return _value(value)
    quality = {0: "", 1: " (uncertain)", 2: " (bad)"}.get(value[1], f" ({value[1]})")
    return f"{_value(value[0])}{'' if value[1] == 'GOOD' else quality}"


def _loop_set(entry: Entry, data: Data) -> str:
    parts = []
    if data.get("mode") is not None:
        parts.append(f"mode {data['mode']}")
    if data.get("sp") is not None:
        parts.append(f"setpoint {_value(data['sp'], data.get('eu', ''))}")
    if data.get("rate") is not None:
        parts.append(f"at {_value(data['rate'], data.get('eu', ''))}/min")
    if data.get("u") is not None:
        parts.append(f"demand {_value(data['u'])}")
    if "order" in data:
        parts.append(f"order {data['order'] or 'of the site file'}")
    if data.get("tuning") is not None:
        parts.append(f"tuning {_tuning(data['tuning'])}, before {_tuning(data.get('old_tuning'))}")
    told = ", ".join(parts) or "nothing new"
    return f"{_who(entry)} set loop {data.get('loop')}{_at(entry)} to {told}"


def _tuning(tuning: Any) -> str:  # noqa: ANN401
    if not isinstance(tuning, Mapping) or not tuning:
        return "of the site file"
    return " ".join(f"{name} {_value(value)}" for name, value in sorted(tuning.items()))


def _loop_tested(entry: Entry, data: Data) -> str:
    test = f"the {data.get('method')} test of loop {data.get('loop')}{_at(entry)}"
    return f"{test} is {data.get('outcome')}{_because(data)}"


def _instrument(data: Data) -> str:
    return f"the instrument of {data.get('measurement')} on {data.get('tag')}"


def _compared(_: Entry, data: Data) -> str:
    eu = data.get("eu", "")
    values = f"{_value(data.get('offline'), eu)} ({data.get('of')})"
    read = f"{data.get('measurement')} on {data.get('tag')} read {_value(data.get('in_line'), eu)}"
    differs = f"{_value(data.get('difference'))} apart, {_value(data.get('apart'))} is allowed"
    return f"a sample says {values} where {read}: {differs}"


def _output_set(entry: Entry, data: Data) -> str:
    value = _value(data.get("value"), data.get("eu", ""))
    return f"{_who(entry)} set output {data.get('tag')} to {value}"


def _call_intent(entry: Entry, data: Data) -> str:
    given = f"{data.get('command')}{_args(data.get('args'))}"
    return f"{_who(entry)} will send {given} to the equipment{_at(entry)}"


def _call_outcome(entry: Entry, data: Data) -> str:
    told = _because(data, "message")
    return f"the equipment command {data.get('id')}{_at(entry)}: {data.get('state')}{told}"


def _prompt(entry: Entry, data: Data) -> str:
    role = data.get("role") or "operator"
    return f"{_who(entry)} asks the {role}: {str(data.get('text', '')).rstrip('.')}"


def _answered(entry: Entry, data: Data) -> str:
    who = data.get("by") or _who(entry)
    return f"{who} answered prompt {data.get('id')} with {_value(data.get('answer'))}"


def _signed(entry: Entry, data: Data) -> str:
    digest = str(data.get("hash", ""))[:12]
    return f"{_who(entry)} signed {data.get('record')} as {data.get('meaning')}, content {digest}"


def _alarm(verb: str) -> Callable[[Entry, Data], str]:
    def tell(entry: Entry, data: Data) -> str:
        limit = f", limit {_value(data['limit'])}" if data.get("limit") is not None else ""
        value = f" at {_value(data['value'])}" if data.get("value") is not None else ""
        tag = _on_tag(entry, str(data["tag"])) if data.get("tag") else _at(entry)
        priority = f" (priority {data['priority']})" if data.get("priority") else ""
        silent = f" silently, as it is {data['silent']}," if data.get("silent") else ""
        return f"alarm {data.get('alarm')}{priority} {verb}{silent}{tag}{value}{limit}{_text(data)}"

    return tell


def _on_tag(entry: Entry, tag: str) -> str:
    """Return where a tag is, with its unit where the tag does not name it."""
    return f" on {entry.unit}.{tag}" if entry.unit and "." not in tag else f" on {tag}"


def _escalated(entry: Entry, data: Data) -> str:
    waited = float(data.get("waited_s") or 0.0) / 60
    name = f"alarm {data.get('alarm')}#{data.get('occurrence')}{_at(entry)}"
    rank = f"{name} (priority {data.get('priority')})"
    return f"{rank} annunciates again: nobody has acknowledged it for {waited:.3g} min"


def _text(data: Data) -> str:
    return _because(data, "text")


def _person(verb: str, noun: str = "alarm") -> Callable[[Entry, Data], str]:
    def tell(entry: Entry, data: Data) -> str:
        extra = f" for {_value(data['minutes'])} min" if data.get("minutes") is not None else ""
        reason = _because(data) or _because(data, "comment")
        first, _, rest = verb.partition(" ")
        number = f"#{data['occurrence']}" if data.get("occurrence") else ""
        name = f"{noun} {data.get(noun)}{number}{_at(entry)}"
        what = " ".join(filter(None, (first, name, rest)))
        return f"{_who(entry)} {what}{extra}{reason}"

    return tell


def _restored(noun: str, again: str) -> Callable[[Entry, Data], str]:
    def tell(entry: Entry, data: Data) -> str:
        acts = "; it has tripped and acts now" if data.get("acts") else ""
        why = f"{_because(data, 'cause')}{_because(data)}"
        return f"{noun} {data.get(noun)}{_at(entry)} {again}, its bypass ended{why}{acts}"

    return tell


def _account(verb: str) -> Callable[[Entry, Data], str]:
    def tell(entry: Entry, data: Data) -> str:
        return f"{_who(entry)} {verb} the account {data.get('user')}{_because(data)}"

    return tell


def _local(_: Entry, data: Data) -> str:
    old, new = _value(data.get("old")), _value(data.get("new"))
    return f"{data.get('tag')} was changed at the equipment itself from {old} to {new}"


def _chunk(entry: Entry, data: Data) -> str:
    unit, digest = data.get("unit") or entry.unit, str(data.get("sha256", ""))[:12]
    span = f"{_value(data.get('from'))} s to {_value(data.get('to'))} s"
    return f"readings of {unit} from {span} of process time were stored, content {digest}"


def _recovered(_: Entry, data: Data) -> str:
    away = duration_text(float(data.get("seconds", 0.0)))
    counts = f"{data.get('late')} entries written late, {data.get('lost')} lost"
    return f"the journal can be written again after {away}, {counts}{_because(data)}"


def _snapshot(_: Entry, data: Data) -> str:
    digest = str(data.get("sha256", ""))[:12]
    return f"volatile values at {_value(data.get('t'))} s were saved, content {digest}"


def _result(entry: Entry, data: Data) -> str:
    value = _value(data.get("value"), data.get("eu", ""))
    return f"result of {_batch(entry)}: {data.get('name')} is {value}{_text(data)}"


SENTENCES: Final[Mapping[str, Callable[[Entry, Data], str]]] = {
    Kind.CELL_STARTED: _started,
    Kind.CELL_STOPPED: lambda _, data: f"the controller stopped as asked{_because(data)}",
    Kind.PEOPLE_ADDED: lambda entry, data: (
        f"{_who(entry)} made the account {data.get('user')}"
        f" for {data.get('name')} as {data.get('role')}"
    ),
    Kind.PEOPLE_CHANGED: _people_changed,
    Kind.PEOPLE_DEACTIVATED: _account("closed"),
    Kind.PEOPLE_LOCKED: lambda _, data: (
        f"the account {data.get('user')} was locked after {data.get('failures')} failed logins"
    ),
    Kind.PEOPLE_UNLOCKED: _account("unlocked"),
    Kind.LOGIN_ACCEPTED: lambda entry, _: f"{_who(entry)} logged in",
    Kind.LOGIN_FAILED: lambda _, data: (
        f"a login as {data.get('user')!r} was refused{_because(data)}"
    ),
    Kind.LOGIN_ENDED: lambda entry, data: f"the session of {_who(entry)} ended{_because(data)}",
    Kind.COMMAND_INTENT: _intent,
    Kind.COMMAND_OUTCOME: _outcome,
    Kind.COMMAND_REJECTED: _rejected,
    Kind.RECIPE_STATUS: _recipe_status,
    Kind.RECIPE_SCALED: _recipe_scaled,
    Kind.BATCH_CREATED: _created,
    Kind.BATCH_STATE: lambda entry, data: _state(_batch(entry), data),
    Kind.BATCH_SEALED: lambda entry, data: (
        f"{_batch(entry)} was sealed with {data.get('count')} entries"
    ),
    Kind.PHASE_STATE: _phase_state,
    Kind.PHASE_STEP: _phase_step,
    Kind.PHASE_LATE: lambda entry, data: f"{_step(entry)}{_at(entry)} is late{_text(data)}",
    Kind.PHASE_FAILED: lambda entry, data: f"{_step(entry)}{_at(entry)} can't go on{_text(data)}",
    Kind.UNIT_ACQUIRED: lambda entry, _: f"{_batch(entry)} took unit {entry.unit}",
    Kind.UNIT_RELEASED: lambda entry, _: f"{_batch(entry)} gave unit {entry.unit} back",
    Kind.LOOP_SET: _loop_set,
    Kind.LOOP_FALLBACK: lambda entry, data: (
        f"loop {data.get('loop')}{_at(entry)} took its fallback{_because(data)}"
    ),
    Kind.LOOP_RECOVERED: lambda entry, data: (
        f"loop {data.get('loop')}{_at(entry)} controls again{_because(data)}"
    ),
    Kind.LOOP_DOUBTED: lambda entry, data: (
        f"loop {data.get('loop')}{_at(entry)} is in doubt{_because(data, 'text')}"
    ),
    Kind.LOOP_TRUSTED: lambda entry, data: (
        f"the doubt {data.get('doubt')} about loop {data.get('loop')}{_at(entry)} is over"
    ),
    Kind.LOOP_TESTED: _loop_tested,
    Kind.INSTRUMENT_COMPARED: _compared,
    Kind.INSTRUMENT_DOUBTED: lambda _, data: (
        f"{_instrument(data)} is in doubt{_because(data, 'text')}"
    ),
    Kind.INSTRUMENT_TRUSTED: lambda _, data: (
        f"the doubt {data.get('doubt')} about {_instrument(data)} is over"
    ),
    Kind.OUTPUT_SET: _output_set,
    Kind.CALL_INTENT: _call_intent,
    Kind.CALL_OUTCOME: _call_outcome,
    Kind.PROMPT_OPENED: _prompt,
    Kind.PROMPT_ANSWERED: _answered,
    Kind.SIGNATURE: _signed,
    Kind.ALARM_RAISED: _alarm("was raised"),
    Kind.ALARM_CLEARED: _alarm("cleared"),
    Kind.ALARM_ESCALATED: _escalated,
    Kind.ALARM_ACKNOWLEDGED: _person("acknowledged"),
    Kind.ALARM_SHELVED: _person("shelved"),
    Kind.ALARM_UNSHELVED: _person("unshelved"),
    Kind.ALARM_RESET: _person("reset"),
    Kind.ALARM_SUPPRESSED: lambda entry, data: (
        f"alarm {data.get('alarm')}{_at(entry)} is suppressed by design{_because(data)}"
    ),
    Kind.ALARM_REMOVED: _person("took out of service"),
    Kind.ALARM_RETURNED: _person("returned to service"),
    Kind.INTERLOCK_TRIPPED: lambda entry, data: (
        f"interlock {data.get('interlock')}{_at(entry)} tripped{_because(data, 'cause')}"
        f"{'; it is bypassed and did not act' if data.get('bypassed') else ''}"
    ),
    Kind.INTERLOCK_RESET: lambda entry, data: (
        f"interlock {data.get('interlock')}{_at(entry)} was reset{_because(data, 'cause')}"
    ),
    Kind.INTERLOCK_BYPASSED: _person("bypassed", "interlock"),
    Kind.INTERLOCK_RESTORED: _restored("interlock", "acts again"),
    Kind.PERMISSIVE_MISSING: lambda _, data: (
        f"phase {data.get('phase')} waits to start: {data.get('text')}"
    ),
    Kind.PERMISSIVE_GIVEN: lambda _, data: (
        f"phase {data.get('phase')} may start: {data.get('permissive')} stands in its way no more"
    ),
    Kind.PERMISSIVE_BYPASSED: _person("bypassed", "permissive"),
    Kind.PERMISSIVE_RESTORED: _restored("permissive", "counts again"),
    Kind.LINK_DOWN: lambda _, data: (
        f"the connection {data.get('connection')} was lost{_because(data)}"
    ),
    Kind.LINK_UP: lambda _, data: f"the connection {data.get('connection')} is back",
    Kind.PLANT_LOCAL: _local,
    Kind.HISTORY_CHUNK: _chunk,
    Kind.HISTORY_LOST: lambda entry, data: (
        f"readings of {data.get('unit') or entry.unit} from {_value(data.get('from'))} s"
        f" to {_value(data.get('to'))} s were not stored{_because(data)}"
    ),
    Kind.SNAPSHOT_TAKEN: _snapshot,
    Kind.JOURNAL_RECOVERED: _recovered,
    Kind.RESULT: _result,
}
"""How to tell each kind."""
