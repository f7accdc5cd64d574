"""How long credentials are valid, as they say themselves; nothing is verified here."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def expiry_of_token(content: bytes) -> float | None:
    """Return when a JSON Web Token expires, in seconds since 1970; None for a token of another kind.

    Source: RFC 7519, section 4.1.4.
    """
    parts = content.strip().split(b".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
        expiry = float(claims["exp"])
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError):
        return None
    return expiry if math.isfinite(expiry) else None


def expiry_of_proxy(content: bytes) -> float | None:
    """Return when the first certificate of a chain expires, in seconds since 1970; None where nobody can tell.

    A chain is valid as long as each of its certificates is.
    """
    try:
        from cryptography import x509
    except ImportError:
        return None  # the server will say so
    try:
        chain = [x509.load_pem_x509_certificate(each) for each in _CERTIFICATE.findall(content)]
    except ValueError:
        return None
    return min((each.not_valid_after_utc.timestamp() for each in chain), default=None)
