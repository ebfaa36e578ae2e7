"""All rules over one recipe."""

from collections.abc import Iterable, Mapping

from bioctl.errors import InputErrors, Where
from bioctl.recipe.capabilities import Capabilities, UnitLimits
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.rules import Finding, errors_of
from bioctl.recipe.verify.branches import check_branches
from bioctl.recipe.verify.context import Context
from bioctl.recipe.verify.flow import check_flow
from bioctl.recipe.verify.holds import check_phases
from bioctl.recipe.verify.papers import check_papers
from bioctl.recipe.verify.site_rules import check_site, fitting
from bioctl.recipe.verify.times import check_clocks


def verify(
    recipe: Recipe,
    able: Capabilities,
    file: str,
    units: Iterable[UnitLimits] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Return everything that is wrong with a recipe that has loaded, sorted by place.

    Args:
        recipe: as loaded.
        able: unit classes and phases.
        file: its name in messages.
        units: of a site, to check values against what they can hold; None for no site.
        chosen: unit by role; a role without one is checked against every unit of its class.
    """
    context, top = Context(recipe, able), Where(file, 1, 1)
    at_site = fitting(context, units, chosen or {}) if units is not None else {}
    for role, some in at_site.items():
        if len(some) == 1:
            context.ranges[role] = dict(some[0].measurements)
    check_flow(context)
    check_branches(context)
    check_phases(context)
    check_clocks(context)
    check_papers(context, top)
    if units is not None:
        check_site(context, at_site, top)
    return tuple(sorted(context.findings, key=_place))


def refuse_wrong(findings: Iterable[Finding]) -> None:
    """Raise what stops a batch from starting; warnings do not.

    Raises:
        InputErrors: there is something.
    """
    errors = errors_of(findings)
    if errors:
        raise InputErrors(errors)


def _place(finding: Finding) -> tuple[str, int, int]:
    return finding.where.file, finding.where.line, finding.where.column
