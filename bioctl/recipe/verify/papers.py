"""Rules about the head of a recipe: dates, history and approvals."""

from bioctl.errors import Where
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.verify.context import Context

DONE = ("approved", "effective")


def check_papers(context: Context, file: Where) -> None:
    """Note what a reviewer would miss."""
    recipe, header = context.recipe, context.recipe.header
    told = any(change.version == recipe.version for change in header.history)
    if header.status in DONE and not (header.dated and told):
        message = f"the recipe is {header.status}, but version {recipe.version} is not "
        message += "dated." if not header.dated else "in its history."
        context.found("not-dated", message, file)
    current = recipe_hash(recipe) if header.approvals else ""
    for approval in header.approvals:
        if approval.hash != current:
            message = f"{approval.by} approved {approval.hash[:12]}…, this text is {current[:12]}…."
            context.found("approval-of-another-text", message, file)
