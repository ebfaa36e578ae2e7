"""The process image of one scan: the freshest reading of every tag, with quality decided once.

What is outside its physical range or not a number is BAD from here on, so no law, condition or
phase has to ask again (promise 6).
"""

from collections.abc import Iterable, Mapping

from bioctl.control.quality import checked
from bioctl.tags import Tag
from bioctl.values import Reading, bad

Image = Mapping[str, Reading]

NOT_READ = bad("not read yet")


def make_image(tags: Iterable[Tag], readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Return the image: readings by tag name, checked against each tag's physical range."""
    return {
        tag.name: checked(readings.get(tag.name, NOT_READ), tag.range)
        if tag.type != "string"
        else readings.get(tag.name, NOT_READ)
        for tag in tags
    }
