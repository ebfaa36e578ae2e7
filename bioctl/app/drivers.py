"""Finding and making drivers by the entry points of installed packages."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from bioctl.clock import Clock
from bioctl.equipment.driver import Driver, DriverFactory
from bioctl.equipment.site import Site
from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.nearest import suggest


def make_drivers(site: Site, clock: Clock) -> Mapping[str, Driver]:
    """Return one driver per connection, not yet connected.

    Raises:
        InputError: no installed package offers the driver, or its options can't work.
    """
    return {name: _make(name, site, clock) for name in site.connections}


def _make(name: str, site: Site, clock: Clock) -> Driver:
    connection = site.connections[name]
    known = {entry.name: entry for entry in entry_points(group="bioctl.drivers")}
    if connection.driver not in known:
        raise InputError(
            f"connection {name} asks for driver {connection.driver!r}, which is not installed.",
            where=connection.where,
            help=suggest(connection.driver, known, "driver"),
        )
    factory: DriverFactory = known[connection.driver].load()
    tags = [tag for tag in site.tags if tag.connection == name]
    try:
        return factory(name, connection.options, tags, clock, site.folder)
    except InputError as error:
        found = error.errors if isinstance(error, InputErrors) else [error]
        raise InputErrors([_placed(one, connection.where) for one in found]) from error


def _placed(error: InputError, where: Where | None) -> InputError:
    """Return the error with its place: a driver knows its options, not the file they stand in."""
    return InputError(error.message, where=error.where or where, help=error.help)
