"""The plant's way to say no."""


class Refused(Exception):  # noqa: N818 - the plant's own word, part of its contract
    """The plant does not do this: one plain sentence with what was expected."""
