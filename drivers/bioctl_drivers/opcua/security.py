"""Who we are and whom we trust: our certificate and key, and the plant's pinned certificates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import ServiceError
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.crypto.uacrypto import CertProperties
from asyncua.ua.status_codes import StatusCodes
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from bioctl.clock import Clock
from bioctl_drivers.opcua.faults import PermanentError
from bioctl_drivers.opcua.options import Options

SUFFIXES = (".der", ".crt", ".cer", ".pem")


@dataclass(frozen=True, slots=True)
class Identity:
    """What is shown to the plant, and what it must show us.

    Attributes:
        certificate: ours, DER.
        key: our private key, DER; never printed.
        password: of the user, None for no user.
        pins: SHA-256 fingerprints of the certificates a plant may show here.
    """

    certificate: bytes
    key: bytes = field(repr=False)
    password: str | None = field(repr=False)
    pins: frozenset[bytes] = frozenset()


def load_identity(options: Options) -> Identity:
    """Read certificate, key, password and trust list; blocks on the disk.

    Raises:
        PermanentError: a file is missing, unreadable, or does not fit the options.
    """
    certificate = _certificate(options.certificate)
    _check_uri(certificate, options)
    password = _password(options.password_file) if options.password_file else None
    return Identity(
        certificate.public_bytes(serialization.Encoding.DER),
        _key(options.private_key, certificate),
        password,
        _pins(options.trusted),
    )


async def secure(client: Client, identity: Identity, options: Options, clock: Clock) -> None:
    """Ask for the plant's certificate, check it against the pins, prepare the encrypted channel.

    No password and no certificate of ours is sent to a plant that is not pinned.

    Raises:
        PermanentError: not trusted, or no endpoint that signs and encrypts.
    """
    shown = await _shown_certificate(client, options)
    _check_pinned(shown, identity, options)
    _check_date(shown, options, clock)
    client.certificate_validator = _Pinned(identity)
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        CertProperties(identity.certificate, "der"),
        CertProperties(identity.key, "der"),
        server_certificate=CertProperties(shown, "der"),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )


class _Pinned:
    """The library's hook after CreateSession: the session must show a pinned certificate, too."""

    def __init__(self, identity: Identity) -> None:
        self._pins = identity.pins

    async def __call__(
        self, certificate: x509.Certificate, application: ua.ApplicationDescription
    ) -> None:
        names = _uris(certificate)
        if certificate.fingerprint(hashes.SHA256()) not in self._pins:
            raise ServiceError(StatusCodes.BadCertificateUntrusted)
        if application.ApplicationUri not in names:
            raise ServiceError(StatusCodes.BadCertificateUriInvalid)


async def _shown_certificate(client: Client, options: Options) -> bytes:
    for endpoint in await client.connect_and_get_server_endpoints():
        if (
            endpoint.SecurityMode == ua.MessageSecurityMode.SignAndEncrypt
            and endpoint.SecurityPolicyUri == SecurityPolicyBasic256Sha256.URI
            and endpoint.ServerCertificate
        ):
            shown = bytes(endpoint.ServerCertificate)
            return shown[: int.from_bytes(shown[2:4], "big") + 4]  # the leaf of a chain
    raise PermanentError(
        f"The plant at {options.url} offers no Basic256Sha256 with SignAndEncrypt. "
        "help: switch it on at the plant; nothing is sent unencrypted."
    )


def _check_pinned(shown: bytes, identity: Identity, options: Options) -> None:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(shown)
    print_ = digest.finalize()
    if print_ not in identity.pins:
        raise PermanentError(
            f"The plant at {options.url} shows a certificate we do not trust, SHA-256 "
            f"{print_.hex(':').upper()}. help: compare it at the plant; only if it is the same, "
            f"copy the plant's certificate to {options.trusted}."
        )


def _check_date(shown: bytes, options: Options, clock: Clock) -> None:
    certificate = x509.load_der_x509_certificate(shown)
    now = datetime.fromtimestamp(clock.utc(), UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise PermanentError(
            f"The certificate of the plant at {options.url} is valid from "
            f"{certificate.not_valid_before_utc:%Y-%m-%d} to "
            f"{certificate.not_valid_after_utc:%Y-%m-%d}, not now. "
            "help: renew it at the plant, or correct the machine's date."
        )


def _certificate(path: Path) -> x509.Certificate:
    data = _read(path, "our certificate ('certificate')")
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as problem:
        raise PermanentError(f"{path} is no X.509 certificate in DER or PEM.") from problem


def _check_uri(certificate: x509.Certificate, options: Options) -> None:
    names = _uris(certificate)
    if options.application_uri not in names:
        raise PermanentError(
            f"The certificate {options.certificate} is for {' and '.join(names) or 'nobody'}, the "
            f"site file says '{options.application_uri}'. help: make the two the same."
        )


def _key(path: Path, certificate: x509.Certificate) -> bytes:
    data = _read(path, "our private key ('private_key')")
    try:
        key = serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError) as problem:
        raise PermanentError(f"{path} is no unencrypted private key in PEM.") from problem
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise PermanentError(f"The private key {path} does not belong to our certificate.")
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _password(path: Path) -> str:
    try:
        return _read(path, "the password ('password_file')").decode().rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise PermanentError(f"{path} is no text in UTF-8.") from problem


def _pins(folder: Path) -> frozenset[bytes]:
    if not folder.is_dir():
        raise PermanentError(f"The folder of trusted plants {folder} ('trusted') is not there.")
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
    if not files:
        raise PermanentError(
            f"No plant is trusted: {folder} is empty. "
            "help: copy the plant's certificate (.der) there."
        )
    return frozenset(_certificate(path).fingerprint(hashes.SHA256()) for path in files)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise PermanentError(f"{what}: {path} can't be read: {problem.strerror}.") from problem


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names.value.get_values_for_type(x509.UniformResourceIdentifier)
