"""Laws of credentials: found where clients look for them, shown to nobody, and kept where only their owner reads."""

from __future__ import annotations

import base64
import datetime
import json
import os
import pickle
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from overproof.columns.credentials import Credential, Wallet, find_credentials
from overproof.columns.credentials.expiry import expiry_of_proxy, expiry_of_token


def token(expires_at_s: object = 1_800_000_000, *, mark: str = "a") -> str:
    """Make a token that nobody has signed."""
    parts = ({"alg": "none"}, {"exp": expires_at_s, "jti": mark})
    head, claims = (base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts)
    return f"{head}.{claims}.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def _nobodys_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no credential of whoever runs the tests be found."""
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)


@pytest.mark.parametrize(
    ("content", "expires_at_s"),
    [
        (token(1_800_000_000), 1_800_000_000.0),
        (f"  {token(1.5)}\n", 1.5),
        ("opaque", None),
        ("a.b.c", None),
        (token("soon"), None),
        (token(None), None),
        (token(10**400), None),
        (token(float("nan")), None),
    ],
    ids=["plain", "spaces", "opaque", "dots", "text", "none", "endless", "no-number"],
)
def test_when_tokens_expire(content: str, expires_at_s: float | None) -> None:
    """A token of the usual kind says it; of any other nobody knows."""
    assert expiry_of_token(content.encode()) == expires_at_s


def test_when_proxies_expire() -> None:
    """A chain of certificates is valid as long as each of them is; what is none never says."""
    pytest.importorskip("cryptography", reason="the package cryptography is not installed")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "me")])

    def certificate(year: int) -> bytes:
        first, last = (datetime.datetime(each, 1, 1, tzinfo=datetime.UTC) for each in (2020, year))
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(first).not_valid_after(last)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    until_2030 = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC).timestamp()
    assert expiry_of_proxy(certificate(2030) + b"-----BEGIN KEY-----\n" + certificate(2040)) == until_2030
    assert expiry_of_proxy(certificate(2040) + certificate(2030)) == until_2030
    assert expiry_of_proxy(b"nothing") is None
    assert expiry_of_proxy(b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----") is None


def test_where_tokens_are_found(tmp_path: Path) -> None:
    """The environment's own token counts most, then the file that it names; what is another's does not."""
    named, runtime = tmp_path / "named", tmp_path / "bt_u4000000001"
    named.write_text(f"{token(mark='named')}\n")
    runtime.write_text(token(mark="runtime"))
    environment = {"BEARER_TOKEN": token(mark="own"), "BEARER_TOKEN_FILE": str(named), "XDG_RUNTIME_DIR": str(tmp_path)}
    marks = []
    for name in ("BEARER_TOKEN", "BEARER_TOKEN_FILE"):
        (found,) = find_credentials(environment)
        marks.append((found.kind, found.content.decode().strip(), found.expires_at_s, found.origin))
        del environment[name]
    assert marks == [
        ("token", token(mark="own"), 1.8e9, "BEARER_TOKEN"),
        ("token", token(mark="named"), 1.8e9, f"BEARER_TOKEN_FILE={named}"),
    ]
    assert find_credentials(environment) == ()  # the file of the session belongs to somebody else
    assert find_credentials({"BEARER_TOKEN_FILE": str(tmp_path / "none"), **environment}) == ()


def test_the_session_s_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in its usual place is found when it is the user's own."""
    (tmp_path / "bt_u4000000001").write_text(token())
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    real = os.fstat
    monkeypatch.setattr(
        os, "fstat", lambda handle: os.stat_result((*real(handle)[:4], 4_000_000_001, *real(handle)[5:10]))
    )
    (found,) = find_credentials({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert found.origin == str(tmp_path / "bt_u4000000001")


def test_proxies_are_found(tmp_path: Path) -> None:
    """The proxy that is named is found beside a token; one that is empty is none."""
    proxy = tmp_path / "proxy"
    proxy.write_text("-----BEGIN")
    kinds = [each.kind for each in find_credentials({"BEARER_TOKEN": "x", "X509_USER_PROXY": str(proxy)})]
    assert kinds == ["token", "proxy"]
    proxy.write_text("")
    assert find_credentials({"X509_USER_PROXY": str(proxy)}) == ()


def test_contents_are_never_shown() -> None:
    """Whatever shows a credential, or a brief that has one, shows where it is from, and not what it is."""
    from overproof.engines.messages import Brief, TakeCredentials

    secret = Credential(kind="token", content=b"top secret", origin="BEARER_TOKEN")
    brief = Brief(
        query=1, selector=b"", dataset=None, block_entries=1, seed=0, search_path=(), credentials=(secret,)
    )  # fmt: skip
    for each in (secret, brief, TakeCredentials(credentials=(secret,))):
        assert "secret" not in repr(each)
        assert "BEARER_TOKEN" in repr(each)
    assert pickle.loads(pickle.dumps(secret)) == secret


@pytest.mark.parametrize("has_memory", [True, False])
def test_a_wallet_is_for_its_owner(has_memory: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What came in is in a file for its owner only; a newer one comes in its place."""
    if not has_memory:
        monkeypatch.delattr(os, "memfd_create")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {"BEARER_TOKEN": "old"}
    wallet = Wallet(environment)
    wallet.take([Credential(kind="token", content=b"first"), Credential(kind="proxy", content=b"chain")])
    paths = dict(environment)
    assert paths.keys() == {"BEARER_TOKEN_FILE", "X509_USER_PROXY"}
    assert [Path(paths[name]).read_bytes() for name in sorted(paths)] == [b"first", b"chain"]
    assert all(stat.S_IMODE(os.stat(path).st_mode) == 0o600 for path in paths.values())
    wallet.take([Credential(kind="token", content=b"second, and longer")])
    assert (environment, wallet.number) == (paths, 3)
    assert Path(paths["BEARER_TOKEN_FILE"]).read_bytes() == b"second, and longer"
    wallet.take([Credential(kind="token", content=b"second, and longer")])
    assert wallet.number == 3


def test_programs_of_the_user_read_it_too() -> None:
    """A program that user code starts finds the token where the environment says."""
    environment: dict[str, str] = {}
    Wallet(environment).take([Credential(kind="token", content=b"first")])
    ask = "import os; print(open(os.environ['BEARER_TOKEN_FILE']).read())"
    said = subprocess.check_output([sys.executable, "-c", ask], env={**os.environ, **environment}, text=True)
    assert said.strip() == "first"
