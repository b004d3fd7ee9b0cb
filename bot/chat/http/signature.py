"""Verify that a request is from Discord: the Ed25519 signature of the application's key over its time and body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

_SIGNATURE = re.compile(r"[0-9a-fA-F]{128}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a request's headers claim.

    Attributes:
        signature: 64 bytes.
        at_s: When it was signed, in seconds since 1970, as it was written.
    """

    signature: bytes
    at_s: str


def read_headers(signature: str | None, timestamp: str | None) -> Signed | None:
    """Read `X-Signature-Ed25519` and `X-Signature-Timestamp`; None if they can't be genuine."""
    if signature is None or timestamp is None:
        return None
    if not _SIGNATURE.fullmatch(signature) or not _TIMESTAMP.fullmatch(timestamp):
        return None
    return Signed(signature=bytes.fromhex(signature), at_s=timestamp)


class Verifier:
    """Verifies signatures of one application."""

    def __init__(self, public_key: str) -> None:
        """Take the key.

        Args:
            public_key: The application's public key, in 64 hexadecimal digits.
        """
        self._key = VerifyKey(bytes.fromhex(public_key))

    def is_genuine(self, signed: Signed, body: bytes) -> bool:
        """Verify a signature in constant time, which libsodium does."""
        try:
            self._key.verify(signed.at_s.encode() + body, signed.signature)
        except BadSignatureError:
            return False
        return True
