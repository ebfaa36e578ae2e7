from pathlib import Path

import pytest
from cryptography import x509

from bioctl.equipment.certificate import fingerprint, make_application_certificate
from bioctl.errors import InputError, RefusedError

URI = "urn:plant.example:bioctl:cell-1"


def test_certificate_names_the_application_and_the_key_is_private(tmp_path: Path) -> None:
    certificate, key = make_application_certificate(tmp_path / "pki", "cell-1", URI)
    names = (
        x509.load_der_x509_certificate(certificate.read_bytes())
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [URI]
    assert names.get_values_for_type(x509.DNSName)
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    _, key = make_application_certificate(tmp_path, "cell-1", URI)
    before = key.read_bytes()
    with pytest.raises(RefusedError, match="not overwritten"):
        make_application_certificate(tmp_path, "cell-1", URI)
    assert key.read_bytes() == before


def test_fingerprint_differs_between_certificates(tmp_path: Path) -> None:
    first, _ = make_application_certificate(tmp_path, "one", URI)
    second, _ = make_application_certificate(tmp_path, "two", URI)
    assert fingerprint(first) != fingerprint(second)
    assert len(fingerprint(first).split(":")) == 32


def test_no_certificate_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.der").write_bytes(b"nothing")
    with pytest.raises(InputError, match="is no X"):
        fingerprint(tmp_path / "x.der")
    with pytest.raises(InputError, match="can't be read"):
        fingerprint(tmp_path / "missing.der")
