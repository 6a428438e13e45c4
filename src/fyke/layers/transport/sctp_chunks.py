"""Chunks of SCTP as values (RFC 9260 §3.3, 3758, 4820, 4895, 5061, 6525, 8260)."""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import (
    MOST,
    Form,
    Malformed,
    dotted,
    fixed,
    nothing,
    options,
    raw,
    text,
    tlvs,
)
from fyke.layers.fields import Options
from fyke.layers.plain import address
from fyke.wire import Record, Truncated


class Chunk(NamedTuple):
    """A chunk; ``value`` is octets where its type has no form or they do not fit it."""

    type: int
    name: str
    flags: int
    value: Any


class Data(NamedTuple):
    """User data (RFC 9260 §3.3.1)."""

    tsn: int
    stream: int
    seq: int
    ppid: int  #: payload protocol identifier
    payload: bytes


class Interleaved(NamedTuple):
    """User data of messages that may interleave (RFC 8260 §2.1)."""

    tsn: int
    stream: int
    message: int
    ppid_or_fragment: int  #: of a first fragment the protocol, of others their number
    payload: bytes


class Init(NamedTuple):
    """The beginning of an association (RFC 9260 §3.3.2, §3.3.3)."""

    tag: int
    window: int
    outbound_streams: int
    inbound_streams: int
    tsn: int
    parameters: Options


class Gap(NamedTuple):
    """What came behind a gap, relative to the cumulative number."""

    start: int
    end: int


class Sack(NamedTuple):
    """What arrived (RFC 9260 §3.3.4)."""

    cumulative_tsn: int
    window: int
    gaps: list[Gap]
    duplicates: list[int]


class Auth(NamedTuple):
    """Authentication of the chunks behind it (RFC 4895 §4.1)."""

    key_id: int
    hmac_id: int
    hmac: bytes


class Skipped(NamedTuple):
    """Where a stream goes on (RFC 3758 §3.2; RFC 8260 §2.3.1, there with the message)."""

    stream: int
    unordered: bool
    number: int


class Forward(NamedTuple):
    """Give up what is older (RFC 3758 §3.2, RFC 8260 §2.3.1)."""

    tsn: int
    streams: list[Skipped]


class Change(NamedTuple):
    """Addresses change (RFC 5061 §4.1)."""

    serial: int
    parameters: Options


class Wish(NamedTuple):
    """A change that is asked for, or an answer to one (RFC 5061 §4.2)."""

    correlation: int
    parameters: Options


class Reset(NamedTuple):
    """Streams start anew (RFC 6525 §4.1, §4.2)."""

    request: int
    response: int | None
    tsn: int | None
    streams: list[int]


class Outcome(NamedTuple):
    """The answer to a change of streams (RFC 6525 §4.4)."""

    request: int
    result: int
    sender_tsn: int | None
    receiver_tsn: int | None


class Added(NamedTuple):
    """More streams (RFC 6525 §4.5, §4.6)."""

    request: int
    streams: int


def parameters(pkt: Record, at: int, size: int) -> Options:
    """Parameters of type, length and value, padded to 32 bits (RFC 9260 §3.2.1)."""
    return options(pkt, tlvs(pkt, at, at + size, type_size=2, length_size=2, counts=4, align=4),
                   PARAMETERS)


def causes(pkt: Record, at: int, size: int) -> Options:
    """Error causes (RFC 9260 §3.3.10)."""
    return options(pkt, tlvs(pkt, at, at + size, type_size=2, length_size=2, counts=4, align=4),
                   CAUSES)


def data(pkt: Record, at: int, size: int) -> Data:
    return Data(pkt.u32(at), pkt.u16(at + 4), pkt.u16(at + 6), pkt.u32(at + 8),
                pkt.raw(at + 12, size - 12))


def interleaved(pkt: Record, at: int, size: int) -> Interleaved:
    return Interleaved(pkt.u32(at), pkt.u16(at + 4), pkt.u32(at + 8), pkt.u32(at + 12),
                       pkt.raw(at + 16, size - 16))


def init(pkt: Record, at: int, size: int) -> Init:
    return Init(pkt.u32(at), pkt.u32(at + 4), pkt.u16(at + 8), pkt.u16(at + 10),
                pkt.u32(at + 12), parameters(pkt, at + 16, size - 16))


def sack(pkt: Record, at: int, size: int) -> Sack:
    gaps, twice = pkt.u16(at + 8), pkt.u16(at + 10)
    if size < 12 + 4 * (gaps + twice):
        raise Malformed("more blocks than there is room for")
    first = at + 12
    after = first + 4 * gaps
    return Sack(pkt.u32(at), pkt.u32(at + 4),
                [Gap(pkt.u16(one), pkt.u16(one + 2)) for one in range(first, after, 4)],
                numbers(pkt, after, 4 * twice))


def numbers(pkt: Record, at: int, size: int) -> list[int]:
    return [pkt.u32(one) for one in range(at, at + size - 3, 4)]


def shorts(pkt: Record, at: int, size: int) -> list[int]:
    return [pkt.u16(one) for one in range(at, at + size - 1, 2)]


def auth(pkt: Record, at: int, size: int) -> Auth:
    return Auth(pkt.u16(at), pkt.u16(at + 2), pkt.raw(at + 4, size - 4))


def forward(pkt: Record, at: int, size: int) -> Forward:
    return Forward(pkt.u32(at), [Skipped(pkt.u16(one), False, pkt.u16(one + 2))
                                 for one in range(at + 4, at + size - 3, 4)])


def forward_interleaved(pkt: Record, at: int, size: int) -> Forward:
    return Forward(pkt.u32(at), [
        Skipped(pkt.u16(one), bool(pkt.u16(one + 2) & 1), pkt.u32(one + 4))
        for one in range(at + 4, at + size - 7, 8)])


def change(pkt: Record, at: int, size: int) -> Change:
    return Change(pkt.u32(at), parameters(pkt, at + 4, size - 4))


def wish(pkt: Record, at: int, size: int) -> Wish:
    return Wish(pkt.u32(at), parameters(pkt, at + 4, size - 4))


def refusal(pkt: Record, at: int, size: int) -> Wish:
    return Wish(pkt.u32(at), causes(pkt, at + 4, size - 4))


def reset_out(pkt: Record, at: int, size: int) -> Reset:
    return Reset(pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8), shorts(pkt, at + 12, size - 12))


def reset_in(pkt: Record, at: int, size: int) -> Reset:
    return Reset(pkt.u32(at), None, None, shorts(pkt, at + 4, size - 4))


def outcome(pkt: Record, at: int, size: int) -> Outcome:
    both = size >= 16
    return Outcome(pkt.u32(at), pkt.u32(at + 4), pkt.u32(at + 8) if both else None,
                   pkt.u32(at + 12) if both else None)


def added(pkt: Record, at: int, size: int) -> Added:
    return Added(pkt.u32(at), pkt.u16(at + 4))


def six(pkt: Record, at: int, size: int) -> str:
    return address(pkt.raw(at, 16))


def kinds(pkt: Record, at: int, size: int) -> list[int]:
    """Types of chunks, an octet each."""
    return list(pkt.raw(at, size))


#: Parameters of INIT, ASCONF and RE-CONFIG (IANA, "Chunk Parameter Types").
PARAMETERS = {
    1: Form("heartbeat_info", raw), 5: fixed("ipv4_address", 4, dotted),
    6: fixed("ipv6_address", 16, six), 7: Form("state_cookie", raw),
    8: Form("unrecognized", raw), 9: fixed("cookie_preservative", 4),
    11: Form("host_name", text), 12: Form("address_types", shorts),
    13: Form("reset_outgoing", reset_out, 12), 14: Form("reset_incoming", reset_in, 4),
    15: fixed("reset_tsn", 4), 16: Form("reset_response", outcome, 8, 16),
    17: fixed("add_outgoing", 8, added), 18: fixed("add_incoming", 8, added),
    0x8000: Form("ecn_capable", nothing), 0x8001: fixed("zero_checksum", 4),  # RFC 9653
    0x8002: Form("random", raw), 0x8003: Form("authenticated_chunks", kinds),
    0x8004: Form("hmac_algorithms", shorts), 0x8005: Form("padding", raw),
    0x8008: Form("extensions", kinds), 0xC000: Form("forward_tsn_supported", nothing),
    0xC001: Form("add_address", wish, 4), 0xC002: Form("delete_address", wish, 4),
    0xC003: Form("error_cause", refusal, 4), 0xC004: Form("set_primary", wish, 4),
    0xC005: fixed("success", 4), 0xC006: fixed("adaptation", 4),
}
#: Error causes (RFC 9260 §3.3.10, RFC 5061 §4.3, RFC 4895 §5).
CAUSES = {
    1: Form("invalid_stream", raw), 2: Form("missing_parameter", raw),
    3: fixed("stale_cookie", 4), 4: Form("out_of_resource", nothing),
    5: Form("unresolvable_address", raw), 6: Form("unrecognized_chunk", raw),
    7: Form("invalid_parameter", nothing), 8: Form("unrecognized_parameters", raw),
    9: fixed("no_user_data", 4), 10: Form("cookie_while_shutting_down", nothing),
    11: Form("restart_with_new_addresses", raw), 12: Form("user_abort", text),
    13: Form("protocol_violation", text), 0xA0: Form("last_address_deleted", raw),
    0xA1: Form("out_of_resource_to_change", raw), 0xA2: Form("source_address_deleted", raw),
    0xA3: Form("illegal_change", raw), 0xA4: Form("unauthorized", nothing),
    0x105: Form("unsupported_hmac", raw),
}
#: Chunks (IANA, "Chunk Types").
CHUNKS = {
    0: Form("data", data, 12), 1: Form("init", init, 16), 2: Form("init_ack", init, 16),
    3: Form("sack", sack, 12), 4: Form("heartbeat", parameters),
    5: Form("heartbeat_ack", parameters), 6: Form("abort", causes), 7: fixed("shutdown", 4),
    8: Form("shutdown_ack", nothing), 9: Form("error", causes), 10: Form("cookie_echo", raw),
    11: Form("cookie_ack", nothing), 12: fixed("ecne", 4), 13: fixed("cwr", 4),
    14: Form("shutdown_complete", nothing), 15: Form("auth", auth, 4),
    0x40: Form("i_data", interleaved, 16), 0x80: Form("asconf_ack", change, 4),
    0x82: Form("re_config", parameters), 0x84: Form("pad", raw),
    0xC0: Form("forward_tsn", forward, 4), 0xC1: Form("asconf", change, 4),
    0xC2: Form("i_forward_tsn", forward_interleaved, 4),
}


def chunks(pkt: Record, at: int, stop: int) -> Options:
    """Every chunk up to ``stop``; ``cut`` where the capture ends or a length cannot be."""
    found = Options()
    try:
        while stop - at >= 4:
            kind, flags, size = pkt.u8(at), pkt.u8(at + 1), pkt.u16(at + 2)
            if size < 4 or size > stop - at or len(found) == MOST:
                raise Truncated
            found.append(chunk(pkt, kind, flags, at + 4, size - 4))
            at += (size + 3) & ~3
        found.cut = at < stop
    except Truncated:
        found.cut = True
    return found


def chunk(pkt: Record, kind: int, flags: int, at: int, size: int) -> Chunk:
    """One chunk. Raises Truncated."""
    form = CHUNKS.get(kind)
    if form is None:
        return Chunk(kind, f"unknown_{kind}", flags, pkt.raw(at, size))
    if form.fits(size):
        pkt.raw(at, size)
        try:
            return Chunk(kind, form.name, flags, form.read(pkt, at, size))
        except Malformed:
            pass
    return Chunk(kind, form.name, flags, pkt.raw(at, size))
