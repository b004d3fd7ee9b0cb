"""Faults of interactions over HTTP: requests that are not Discord's, or not for the first time."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_SERVER: Final = "bot/chat/http/server.py"
_REPLAYS: Final = "bot/chat/http/replays.py"
_SIGNATURE: Final = "bot/chat/http/signature.py"
_SERVERS: Final = "bot/chat/account/servers.py"
_CONTEXT: Final = "bot/chat/answering/context.py"
_OF_HTTP: Final = ("tests/chat/test_http.py",)
_OF_JOURNEYS: Final = ("tests/journeys/test_over_http.py",)

HTTP: Final = (
    Mutant(
        name="a request without a valid signature is taken",
        file=_SERVER,
        old="if not self._verifier.is_genuine(signed, body):",
        new="if not self._verifier.is_genuine(signed, body) and not body:",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="the signature is verified over the body alone",
        file=_SIGNATURE,
        old="self._key.verify(signed.at_s.encode() + body, signed.signature)",
        new="self._key.verify(body, signed.signature)",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="an interaction of another day is taken",
        file=_REPLAYS,
        old="return abs(self._now_s() - int(at_s)) <= within_s",
        new="return abs(self._now_s() - int(at_s)) <= within_s or True",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="an interaction from the future is taken",
        file=_REPLAYS,
        old="return abs(self._now_s() - int(at_s)) <= within_s",
        new="return self._now_s() - int(at_s) <= within_s",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a repeated interaction is taken again",
        file=_SERVER,
        old="if not self._replays.is_first(interaction_id):",
        new="if not self._replays.is_first(interaction_id) and not data:",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="an interaction is forgotten while it can be repeated",
        file=_REPLAYS,
        old="KEPT_S: Final = 4 * INTERACTION_S",
        new="KEPT_S: Final = INTERACTION_S / 2",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a body is read whatever its size",
        file=_SERVER,
        old="        if len(body) > LARGEST_BODY:\n            return Refusal.SIZE\n",
        new="",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a packed body is unpacked",
        file=_SERVER,
        old="auto_decompress=False,",
        new="",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a body may take all day",
        file=_SERVER,
        old="asyncio.timeout(BODY_WITHIN_S)",
        new="asyncio.timeout(100 * BODY_WITHIN_S)",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a crowd of slow bodies is read at once",
        file=_SERVER,
        old="if self._reading >= MOST_AT_ONCE:",
        new="if self._reading >= 100 * MOST_AT_ONCE:",
        proofs=_OF_HTTP,
    ),
    Mutant(
        name="a server's roles are not read without a gateway",
        file=_SERVERS,
        old="        whole = {**guild, ",
        new='        whole = {**guild, "roles": [], ',
        proofs=_OF_JOURNEYS,
    ),
    Mutant(
        name="a member's editor role is not seen without a gateway",
        file=_CONTEXT,
        old="return list(member._roles) if isinstance(",
        new="return [role.id for role in member.roles] if isinstance(",
        proofs=("tests/kinds/test_authorisation.py::test_every_cell_is_as_decided_over_http",),
    ),
)
