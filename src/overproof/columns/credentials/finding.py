"""Where the user's credentials are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from overproof.columns.credentials.credential import Credential
from overproof.columns.credentials.expiry import expiry_of_proxy, expiry_of_token

MAX_BYTES = 1_000_000
"""No credential is larger."""


def find_credentials(environment: Mapping[str, str] = os.environ) -> tuple[Credential, ...]:
    """Return the token and the proxy that the user has, where the protocols' clients look for them.

    Source: WLCG Bearer Token Discovery 1.0.0; for proxies the usual places.
    """
    return tuple(each for each in (_token(environment), _proxy(environment)) if each is not None)


def _token(environment: Mapping[str, str]) -> Credential | None:
    if text := environment.get("BEARER_TOKEN", "").strip():
        return _as_token(text.encode(), "BEARER_TOKEN")
    for name, path in _token_files(environment):
        content = _content(path, is_named=bool(name))
        if content:
            return _as_token(content, f"{name}={path}" if name else path)
        if name:
            return None  # what is named and is not there is not looked for elsewhere
    return None


def _token_files(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if path := environment.get("BEARER_TOKEN_FILE"):
        yield "BEARER_TOKEN_FILE", path
    own = f"bt_u{_user()}"
    if directory := environment.get("XDG_RUNTIME_DIR"):
        yield "", os.path.join(directory, own)
    yield "", os.path.join("/tmp", own)


def _proxy(environment: Mapping[str, str]) -> Credential | None:
    named = environment.get("X509_USER_PROXY", "")
    path = named or f"/tmp/x509up_u{_user()}"
    content = _content(path, is_named=bool(named))
    if not content:
        return None
    origin = f"X509_USER_PROXY={path}" if named else path
    return Credential(kind="proxy", content=content, expires_at_s=expiry_of_proxy(content), origin=origin)


def _as_token(content: bytes, origin: str) -> Credential:
    return Credential(kind="token", content=content, expires_at_s=expiry_of_token(content), origin=origin)


def _content(path: str, *, is_named: bool) -> bytes:
    """Return what is in a file; nothing where it is not there, or where one that nobody named is somebody else's."""
    try:
        with open(path, "rb") as file:
            if not is_named and hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return b""
            content = file.read(MAX_BYTES + 1)
    except OSError:
        return b""
    return content.strip() + b"\n" if 0 < len(content) <= MAX_BYTES else b""


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
