"""What the ends of a session's connections prove themselves by."""

from __future__ import annotations

import datetime
import os
import ssl
import tempfile
from dataclasses import field

from overproof.words.errors import EngineError
from overproof.words.frozen import dataclass

NAME = "overproof session"
VALID_DAYS = 30
"""No query takes longer; the credentials end with the process that made them anyway."""
CLOCKS_APART_DAYS = 1
"""Clocks of hosts may differ by that much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One certificate that trusts only itself, and its key: who has the key belongs to the session.

    Attributes:
        certificate: as PEM.
        key: as PEM; never shown.
    """

    certificate: str
    key: str = field(repr=False)

    def listening(self) -> ssl.SSLContext:
        """Return what a listening end needs; others must show the same certificate."""
        return self._context(ssl.PROTOCOL_TLS_SERVER)

    def calling(self) -> ssl.SSLContext:
        """Return what a calling end needs; who listens must show the same certificate."""
        return self._context(ssl.PROTOCOL_TLS_CLIENT)

    def _context(self, protocol: int) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # hosts have many names; the certificate is the session's, not a host's
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.certificate)
        # The ssl module reads chains from files only.
        handle, path = tempfile.mkstemp(prefix="overproof-")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(self.key + self.certificate)
            context.load_cert_chain(path)
        finally:
            os.unlink(path)
        return context


def fresh_credentials() -> Credentials:
    """Make credentials that nobody has had before.

    Raises:
        EngineError: the package `cryptography` is missing.
    """
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID
    except ImportError as error:
        raise EngineError(f"connections between machines need {error.name}: pip install 'overproof[dask]'") from error
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=CLOCKS_APART_DAYS))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Credentials(
        certificate=certificate.public_bytes(pem).decode("ascii"),
        key=key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode("ascii"),
    )  # fmt: skip
