"""Application certificates: who bioctl is towards equipment (OPC UA Part 6, 6.2.2)."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bioctl.clock import Clock, SystemClock
from bioctl.errors import InputError, RefusedError

KEY_BITS = 2048
"""bit; what the security policy Basic256Sha256 asks for at least (OPC UA Part 7)."""

VALID_DAYS = 3650
"""d; a cell is re-keyed by a person, not by a date in the middle of a batch."""

_EARLY = timedelta(days=1)
"""The peer's clock may be behind ours."""


def make_application_certificate(
    folder: Path, name: str, application_uri: str, clock: Clock | None = None
) -> tuple[Path, Path]:
    """Make a self-signed certificate `NAME.der` and its private key `NAME.pem` in `folder`.

    Args:
        folder: made with mode 0700 if it is not there.
        name: file stem and common name, for example `cell-1`.
        application_uri: for example `urn:plant.example:bioctl:cell-1`; the connection's
            `application_uri` must be the same text.
        clock: when it begins to be valid; the machine's clock if None.

    Returns:
        Certificate (DER) and private key (PEM, unencrypted, mode 0600).

    Raises:
        RefusedError: one of the files exists; a key is never overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key_file = folder / f"{name}.der", folder / f"{name}.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    now = datetime.fromtimestamp((clock or SystemClock()).utc(), UTC)
    signed = _signed(key, name, application_uri, now)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write_new(key_file, pem, 0o600)
    _write_new(certificate, signed.public_bytes(serialization.Encoding.DER), 0o644)
    return certificate, key_file


def fingerprint(path: Path) -> str:
    """Return the SHA-256 fingerprint of a certificate, as two people compare it over the phone.

    Raises:
        InputError: no certificate (DER or PEM) can be read there.
    """
    try:
        digest = read_certificate(path.read_bytes()).fingerprint(hashes.SHA256())
    except OSError as problem:
        raise InputError(f"The certificate {path} can't be read: {problem.strerror}.") from problem
    except ValueError as problem:
        raise InputError(f"{path} is no X.509 certificate in DER or PEM.") from problem
    return digest.hex(":").upper()


def read_certificate(data: bytes) -> x509.Certificate:
    """Return the certificate in DER or PEM bytes; ValueError if there is none."""
    if data.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificate(data)
    return x509.load_der_x509_certificate(data)


def _signed(
    key: rsa.RSAPrivateKey, name: str, application_uri: str, now: datetime
) -> x509.Certificate:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "bioctl"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
    )
    for extension, critical in _extensions(key, application_uri):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, hashes.SHA256())


def _extensions(
    key: rsa.RSAPrivateKey, application_uri: str
) -> list[tuple[x509.ExtensionType, bool]]:
    host = socket.gethostname()
    names = [x509.UniformResourceIdentifier(application_uri), x509.DNSName(host)]
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_cert_sign=True,  # self-signed: it signs itself
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    roles = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    )
    return [
        (x509.SubjectAlternativeName(names), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage, True),
        (roles, False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as problem:
        raise RefusedError(
            f"{path} exists and is not overwritten.",
            help="move it away by hand if this identity is really to be replaced.",
        ) from problem
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
