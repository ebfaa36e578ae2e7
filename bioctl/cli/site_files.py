"""The files of a site: what `site init` writes and `site trust` pins.

Which certificates and folders there are stands in the site file itself: each connection that names
`certificate`, `application_uri`, `password_file` or `trusted` gets them.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from bioctl.cli.stores import load
from bioctl.equipment.certificate import fingerprint, make_application_certificate
from bioctl.equipment.site import Connection, Site
from bioctl.errors import InputError, RefusedError, StorageError, UsageError

TEMPLATE = "templates/site.yaml.in"


def shipped_template() -> str:
    """Return the site file of the demonstration, with `${plant_url}` in it."""
    return (files("bioctl.cli") / TEMPLATE).read_text("utf-8")


def make_site(folder: Path, plant_url: str, template: str) -> Mapping[str, Path]:
    """Write a site and return the files made, by what they are.

    Args:
        folder: made if it is not there.
        plant_url: `opc.tcp://HOST:PORT/PATH`.
        template: a site file with `${plant_url}` where the plant's address belongs.

    Raises:
        RefusedError: there is a site already; nothing is overwritten.
        StorageError: the folder can't be written.
    """
    site = folder / "site.yaml"
    text = Template(template).substitute(plant_url=_safe(plant_url))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with site.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise RefusedError(f"{site} exists and is not overwritten.") from None
    except OSError as error:
        raise StorageError(f"{folder} can't be written: {error.strerror}.") from None
    return {"site file": site, **dict(_identities(load(site)))}


def pin(site: Site, connection: str | None, certificate: Path) -> tuple[Path, str]:
    """Copy a plant's certificate to the trusted ones of a connection.

    Returns:
        Its new place and SHA-256 fingerprint.

    Raises:
        InputError: it is no certificate.
        UsageError: it is not clear whose plant it is.
    """
    digest = fingerprint(certificate)
    folder = site.folder / str(_trusting(site, connection).options["trusted"])
    place = folder / f"{certificate.stem}.der"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place.write_bytes(certificate.read_bytes())
    except OSError as error:
        raise StorageError(f"{place} can't be written: {error.strerror}.") from None
    return place, digest


def _safe(plant_url: str) -> str:
    """Return the URL if it stays one YAML word wherever the template puts it."""
    if not plant_url.startswith("opc.tcp://") or not plant_url.isascii() or " " in plant_url:
        raise InputError(
            f"{plant_url!r} is no address of a plant.", help="opc.tcp://HOST:PORT/PATH"
        )
    if set(plant_url) & set("\"'#{}[]\\\n\t"):
        raise InputError(f"{plant_url!r} holds characters that an address does not need.")
    return plant_url


def _identities(site: Site) -> Iterator[tuple[str, Path]]:
    """Make what each connection needs; yield the files."""
    site.data.mkdir(parents=True, exist_ok=True)
    for name, connection in site.connections.items():
        options = connection.options
        if "trusted" in options:
            trusted = site.folder / str(options["trusted"])
            trusted.mkdir(parents=True, exist_ok=True)
        if "password_file" in options:
            secret = site.folder / str(options["password_file"])
            _write_secret(secret)
            yield f"password towards {name}", secret
        if "certificate" in options:
            place = site.folder / str(options["certificate"])
            uri = str(options["application_uri"])
            made, _ = make_application_certificate(place.parent, place.stem, uri)
            yield f"certificate towards {name}", made


def _write_secret(place: Path) -> None:
    """Write a new random password that only its owner can read."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.token_urlsafe(24)}\n")


def _trusting(site: Site, name: str | None) -> Connection:
    """Return the connection whose plant is meant."""
    able = {key: one for key, one in site.connections.items() if "trusted" in one.options}
    if name is None and len(able) == 1:
        return next(iter(able.values()))
    if name in able:
        return able[name]
    raise UsageError(
        f"The site file {site.file} has no connection {name} that pins a plant."
        if name
        else f"The site file {site.file} does not say which connection is meant.",
        help=f"Name it with --connection: {', '.join(able) or 'there is none'}.",
    )
