"""The plant's own certificate, and the client certificates it trusts.

pki/own/plant.der, plant.pem: made on the first start.
pki/trusted/*.der: exactly these clients may open a session; no authority signs for others.
"""

import ipaddress
import os
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from bioctl_sim.refused import Refused

APPLICATION_URI = "urn:plant.example:demo"
_DAYS = 3650


def own_certificate(home: Path) -> tuple[x509.Certificate, RSAPrivateKey]:
    """Return the plant's certificate and key; make them when there are none yet.

    Raises:
        Refused: they are there and can't be read, or can't be written.
    """
    folder = home / "pki" / "own"
    certificate, key = folder / "plant.der", folder / "plant.pem"
    try:
        if not (certificate.exists() and key.exists()):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(certificate, key)
        private = load_pem_private_key(key.read_bytes(), password=None)
        public = x509.load_der_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as broken:
        raise Refused(
            f"The plant's own certificate in {folder} can't be used: {broken}"
        ) from broken
    if not isinstance(private, RSAPrivateKey):
        raise Refused(f"{key} holds no RSA key, which Basic256Sha256 needs.")
    return public, private


def trust(home: Path, certificate: Path) -> Path:
    """Copy a client's certificate (DER) to the trusted ones and return its place there.

    Raises:
        Refused: it can't be read, is no certificate, or can't be written.
    """
    try:
        data = certificate.read_bytes()
        x509.load_der_x509_certificate(data)
        folder = trusted_folder(home)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = folder / f"{certificate.stem}.der"
        if place.exists() and place.read_bytes() != data:
            place = folder / f"{certificate.stem}-{secrets.token_hex(4)}.der"
        place.write_bytes(data)
    except OSError as broken:
        raise Refused(f"{broken.filename} can't be used: {broken.strerror}.") from broken
    except ValueError as broken:
        raise Refused(f"{certificate} is no certificate in DER form.") from broken
    return place


def trusted_folder(home: Path) -> Path:
    """Return the folder of the trusted client certificates."""
    return home / "pki" / "trusted"


def distrust_reason(home: Path, certificate: bytes, application_uri: str, utc: float) -> str:
    """Say why a client's certificate is not trusted; "" when it is. Reads the folder every time.

    Args:
        home: the plant's home.
        certificate: DER, the one that secures the client's channel.
        application_uri: who the client says it is; must stand in the certificate (Part 4 §6.1.3).
        utc: seconds since 1970 UTC.
    """
    if not any(path.read_bytes() == certificate for path in trusted_folder(home).glob("*.der")):
        return "its certificate is not in pki/trusted"
    parsed = x509.load_der_x509_certificate(certificate)
    moment = datetime.fromtimestamp(utc, UTC)
    if not parsed.not_valid_before_utc <= moment <= parsed.not_valid_after_utc:
        return "its certificate is not valid now"
    if application_uri not in _uris(parsed):
        return "its certificate is made out to another application URI"
    return ""


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def _make(certificate: Path, key: Path) -> None:
    # Only the first start pays for this import.
    from asyncua.crypto.cert_gen import (  # noqa: PLC0415
        generate_private_key,
        generate_self_signed_app_certificate,
    )

    private = generate_private_key()
    names: list[x509.GeneralName] = [
        x509.UniformResourceIdentifier(APPLICATION_URI),
        *(x509.DNSName(name) for name in {"localhost", socket.gethostname()}),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    public = generate_self_signed_app_certificate(
        private, "Demonstration plant", {}, names, [ExtendedKeyUsageOID.SERVER_AUTH], days=_DAYS
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    certificate.write_bytes(public.public_bytes(Encoding.DER))
