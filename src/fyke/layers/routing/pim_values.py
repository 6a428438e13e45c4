"""Values of PIM's messages that have one of each: by type of message, in their order.

RFC 7761 §4.9, RFC 5059 §4, RFC 3973 §4.7, RFC 5015 §3.7.
"""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.cursor import Cursor, Malformed
from fyke.layers.routing.pim_addresses import GROUP, UNICAST, encoded
from fyke.wire import Truncated

REGISTER_STOP, JOIN_PRUNE, BOOTSTRAP, ASSERT, GRAFT, GRAFT_ACK = range(2, 8)
CANDIDATE_RP, STATE_REFRESH, ELECTION = 8, 9, 10
BACKOFF, PASS = 3, 4  # of an election
MOST_GROUPS = 255

#: How a part is read: of the cursor and the header's octets of an address.
Reads = Callable[[Cursor, int], Any]


def address(kind: int) -> Reads:
    return lambda walk, width: encoded(walk, width, kind)


def u8(walk: Cursor, width: int) -> int:
    return walk.u8()


def u16(walk: Cursor, width: int) -> int:
    return walk.u16()


def u32(walk: Cursor, width: int) -> int:
    return walk.u32()


def is_shared(walk: Cursor, width: int) -> bool:
    """The first bit in front of a preference, which is no part of it."""
    return walk.pkt.u8(walk.at) >= 0x80 if walk.left else False


def preference(walk: Cursor, width: int) -> int:
    return walk.u32() & 0x7FFFFFFF


GROUP_ADDRESS, ADDRESS = address(GROUP), address(UNICAST)
ROUTE: tuple[tuple[str, Reads], ...] = (("preference", preference), ("metric", u32))
JOIN = (("neighbor", ADDRESS), ("", u8), ("", u8), ("holdtime", u16))
PARTS: dict[int, tuple[tuple[str, Reads], ...]] = {
    REGISTER_STOP: (("group", GROUP_ADDRESS), ("source", ADDRESS)),
    JOIN_PRUNE: JOIN, GRAFT: JOIN, GRAFT_ACK: JOIN,
    BOOTSTRAP: (("fragment_tag", u16), ("hash_length", u8), ("bsr_priority", u8),
                ("bsr", ADDRESS)),
    ASSERT: (("group", GROUP_ADDRESS), ("source", ADDRESS), ("is_shared", is_shared), *ROUTE),
    STATE_REFRESH: (("group", GROUP_ADDRESS), ("source", ADDRESS), ("originator", ADDRESS),
                    ("is_shared", is_shared), *ROUTE),
    ELECTION: (("rp", ADDRESS), *ROUTE),
    CANDIDATE_RP: (("group_count", u8), ("priority", u8), ("holdtime", u16), ("rp", ADDRESS)),
}


def parts(walk: Cursor, width: int, kind: int) -> dict[str, Any]:
    """Every part up to where the message or the capture ends."""
    found: dict[str, Any] = {}
    try:
        for name, read in PARTS.get(kind, ()):
            found[name] = read(walk, width)
    except (Malformed, Truncated):
        pass
    return found


def winner(walk: Cursor, width: int, subtype: int) -> dict[str, Any]:
    """Of a backoff or a pass: the router that shall forward, and its metrics (RFC 5015 §3.7)."""
    found = parts(walk, width, ELECTION)
    if subtype not in (BACKOFF, PASS) or "metric" not in found:
        return {}
    try:
        chosen = {"winner": encoded(walk, width, UNICAST), "winner_preference": walk.u32(),
                  "winner_metric": walk.u32()}
        return chosen | ({"interval": walk.u16()} if subtype == BACKOFF else {})
    except (Malformed, Truncated):
        return {}


def groups(walk: Cursor, width: int) -> list[str] | None:
    """The groups that a candidate offers itself for."""
    found = parts(walk, width, CANDIDATE_RP)
    if "rp" not in found:
        return None
    listed: list[str] = []
    try:
        while len(listed) < min(found["group_count"], MOST_GROUPS):
            listed.append(encoded(walk, width, GROUP))
    except (Malformed, Truncated):
        pass
    return listed
