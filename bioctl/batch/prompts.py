"""Questions to people: which one is meant, and whether an answer can be."""

from bioctl.batch.state import BatchState, Prompt
from bioctl.errors import InputError, RefusedError
from bioctl.phases.phase import Ask
from bioctl.values import Scalar


def open_prompt(batch: BatchState, prompt_id: str) -> Prompt:
    """Return the open prompt of this id.

    Raises:
        InputError: the batch never asked it; the message lists what is open.
        RefusedError: somebody has answered it already.
    """
    prompt = batch.prompts.get(prompt_id)
    if prompt is None:
        ids = ", ".join(one.id for one in batch.open_prompts()) or "none"
        raise InputError(f"batch {batch.id} has no prompt {prompt_id}", help=f"open: {ids}")
    if prompt.answer is not None:
        raise RefusedError(f"prompt {prompt.id} was already answered by {prompt.by}")
    return prompt


def plausible(ask: Ask, answer: str) -> Scalar:
    """Return the answer as its kind of question has it.

    Raises:
        InputError: none of the choices, no number, or outside the plausible range.
    """
    if ask.kind == "number":
        return _number(ask, answer)
    if ask.choices and answer not in ask.choices:
        raise InputError(f"{answer!r} is not one of the answers", help=", ".join(ask.choices))
    return answer


def _number(ask: Ask, answer: str) -> float:
    try:
        number = float(answer)
    except ValueError:
        raise InputError(f"{answer!r} is not a number", help="write 7.2, with a point") from None
    low = -1e308 if ask.low is None else ask.low
    high = 1e308 if ask.high is None else ask.high
    if not low <= number <= high:
        limits = ("any" if limit is None else f"{limit:g}" for limit in (ask.low, ask.high))
        raise InputError(f"{answer} is not plausible", help=f"expected {' .. '.join(limits)}")
    return number
