"""Phases of people: confirm something, enter a number, decide with a signature."""

from collections.abc import Iterable
from typing import ClassVar

from bioctl.phases.phase import Action, Ask, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import EVERYWHERE, choice, quantity, text
from bioctl.recipe.capabilities import PhaseSpec


class Confirm(Phase):
    """Wait until an operator confirms."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="confirm",
        classes=EVERYWHERE,
        parameters={"question": text(about="what the operator confirms")},
        help="wait until an operator confirms",
        hold="the question stays open",
        restart="asks again after `no`",
        asks=True,
    )

    def running(self, v: View) -> Iterable[Action]:
        """Ask once, wait."""
        if v.step == "begin":
            question = Ask("confirm", "choice", str(v.p["question"]), ("yes", "no"))
            return (question, Go("wait"))
        answer = v.answer("confirm")
        if answer is None:
            return ()
        return (Done(),) if answer == "yes" else (Fail("the operator answered no"),)

    def restarting(self, v: View) -> Iterable[Action]:
        """Ask again if the answer was no; an open question stays open."""
        return (Done(),) if v.answer("confirm") in (None, "yes") else (Go("begin"), Done())


class Sample(Phase):
    """Ask an operator for a sample's result; the plausible range is part of the question."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="sample",
        classes=EVERYWHERE,
        parameters={
            "question": text(about="what is measured, and how"),
            "result": text(about="name of the result in the record"),
            "unit": text("", "eu of the result"),
            "low": quantity("", -1e9, 1e9, 0.0, "smallest plausible value"),
            "high": quantity("", -1e9, 1e9, 1e9, "largest plausible value"),
        },
        help="ask an operator for a sample's result",
        hold="the question stays open",
        restart="goes on where it was",
        asks=True,
        result=("result", "unit"),
    )

    def running(self, v: View) -> Iterable[Action]:
        """Ask once, report the answer."""
        if v.step == "begin":
            question = Ask(
                "sample",
                "number",
                str(v.p["question"]),
                eu=str(v.p["unit"]),
                low=float(v.p["low"]),
                high=float(v.p["high"]),
            )
            return (question, Go("wait"))
        answer = v.answer("sample")
        if answer is None:
            return ()
        result = Report(str(v.p["result"]), answer, str(v.p["unit"]), str(v.p["question"]))
        return (result, Done())


class Decide(Phase):
    """Wait for a signed decision; what the unit reads is shown and signed with it."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="decide",
        classes=EVERYWHERE,
        parameters={
            "question": text(about="what is decided"),
            "show": text("", "measurements shown as evidence, separated by commas"),
            "by": choice("operator", "supervisor", "qa", default="supervisor", text="who signs"),
        },
        help="wait for a signed decision",
        hold="the question stays open",
        restart="asks again after `rejected`",
        asks=True,
    )

    def running(self, v: View) -> Iterable[Action]:
        """Ask once; `approved` goes on, `rejected` holds."""
        if v.step == "begin":
            names = [name.strip() for name in str(v.p["show"]).split(",") if name.strip()]
            question = Ask(
                "decide",
                "signature",
                str(v.p["question"]),
                ("approved", "rejected"),
                role=str(v.p["by"]),
                evidence={name: v.reading(name).value for name in names},
            )
            return (question, Go("wait"))
        answer = v.answer("decide")
        if answer is None:
            return ()
        if answer == "approved":
            return (Report("decision", str(answer), text=str(v.p["question"])), Done())
        return (Fail(f"decision: {answer}"),)

    def restarting(self, v: View) -> Iterable[Action]:
        """Ask again after a rejection; an open question stays open."""
        return (Done(),) if v.answer("decide") in (None, "approved") else (Go("begin"), Done())
