"""STUN and TURN (RFC 8489, RFC 8656, RFC 8445): header and attributes.

tcpdump has no text for it: found where values are asked, printed with -T stun.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import (
    Form,
    Malformed,
    fixed,
    nothing,
    options,
    raw,
    text,
    tlvs,
    whole_number,
)
from fyke.layers.fields import U16, Listed, Made, Octets, Options
from fyke.layers.plain import address
from fyke.layers.summary import Summarised
from fyke.wire import Record

HEADER_LENGTH = 20
COOKIE_AT, COOKIE = 4, 0x2112A442
CLASSES = {0: "request", 1: "indication", 2: "success", 3: "error"}
METHODS = {1: "binding", 2: "shared_secret", 3: "allocate", 4: "refresh", 6: "send", 7: "data",
           8: "create_permission", 9: "channel_bind", 10: "connect", 11: "connection_bind",
           12: "connection_attempt"}
IPV4, IPV6 = 1, 2


class Address(NamedTuple):
    """A transport address (RFC 8489 §14.1)."""

    ip: str
    port: int


def plain_address(pkt: Record, at: int, size: int) -> Address:
    octets = pkt.raw(at, size)
    if size not in (8, 20) or octets[1] != (IPV4 if size == 8 else IPV6):
        raise Malformed("an address of another size than its family")
    return Address(address(octets[4:]), int.from_bytes(octets[2:4], "big"))


def xored(header: int) -> Any:
    """Reads an address that is XORed with cookie and transaction (RFC 8489 §14.2)."""
    def read(pkt: Record, at: int, size: int) -> Address:
        mask = pkt.raw(header + COOKIE_AT, 16)
        octets = pkt.raw(at, size)
        clear = octets[:2] + bytes(a ^ b for a, b in zip(octets[2:4], mask, strict=False)) + bytes(
            a ^ b for a, b in zip(octets[4:], mask, strict=False))
        return plain_address(Record(clear), 0, size)
    return read


class Fault(NamedTuple):
    """An ERROR-CODE (RFC 8489 §14.8)."""

    code: int
    reason: str


def error_code(pkt: Record, at: int, size: int) -> Fault:
    return Fault((pkt.u8(at + 2) & 7) * 100 + pkt.u8(at + 3), text(pkt, at + 4, size - 4))


def numbers(pkt: Record, at: int, size: int) -> list[int]:
    return [pkt.u16(one) for one in range(at, at + size - 1, 2)]


def high_octet(pkt: Record, at: int, size: int) -> int:
    return pkt.u8(at)


FORMS = {
    0x0001: Form("mapped_address", plain_address, 4), 0x0003: fixed("change_request", 4),
    0x0004: Form("source_address", plain_address, 4),
    0x0005: Form("changed_address", plain_address, 4),
    0x0006: Form("username", text), 0x0008: Form("message_integrity", raw),
    0x0009: Form("error_code", error_code, 4), 0x000A: Form("unknown_attributes", numbers),
    0x000C: Form("channel_number", lambda pkt, at, size: pkt.u16(at), 4, 4),
    0x000D: fixed("lifetime", 4), 0x0013: Form("data", raw),
    0x0014: Form("realm", text), 0x0015: Form("nonce", text),
    0x0017: Form("requested_address_family", high_octet, 4, 4),
    0x0018: Form("even_port", high_octet, 1, 4),
    0x0019: Form("requested_transport", high_octet, 4, 4),
    0x001A: Form("dont_fragment", nothing, most=0),
    0x001C: Form("message_integrity_sha256", raw),
    0x001D: Form("password_algorithm", lambda pkt, at, size: pkt.u16(at), 4),
    0x001E: Form("userhash", raw),
    0x0022: Form("reservation_token", raw),
    0x0024: fixed("priority", 4), 0x0025: Form("use_candidate", nothing, most=0),
    0x0026: Form("padding", raw), 0x0027: Form(
        "response_port", lambda pkt, at, size: pkt.u16(at), 2),
    0x002A: fixed("connection_id", 4), 0x8003: Form("alternate_domain", text),
    0x8002: Form("password_algorithms", raw),
    0x8022: Form("software", text), 0x8023: Form("alternate_server", plain_address, 4),
    0x8028: fixed("fingerprint", 4), 0x8029: Form("ice_controlled", whole_number, 8, 8),
    0x802A: Form("ice_controlling", whole_number, 8, 8),
    0x802B: Form("response_origin", plain_address, 4),
    0x802C: Form("other_address", plain_address, 4),
    0xC057: Form("network_cost", raw),
}
#: Attributes with an address that is XORed.
XORED = {0x0012: "xor_peer_address", 0x0016: "xor_relayed_address", 0x0020: "xor_mapped_address",
         0x8020: "xor_mapped_address"}


def attributes_of(stun: Stun) -> Options:
    """Every attribute in the message's order."""
    forms = {**FORMS, **{kind: Form(name, xored(stun.off), 4) for kind, name in XORED.items()}}
    start = stun.off + HEADER_LENGTH
    return options(stun.pkt, tlvs(stun.pkt, start, start + stun.length, type_size=2,
                                  length_size=2, align=4), forms)


def attribute(name: str) -> Any:
    """Reads the first attribute of a name."""
    return lambda stun: attributes_of(stun).get(name)


def mapped(stun: Stun) -> Address | None:
    found = attributes_of(stun)
    value = found.get("xor_mapped_address") or found.get("mapped_address")
    return value if isinstance(value, Address) else None


def class_of(stun: Stun) -> int:
    """Two bits between those of the method (RFC 8489 §5)."""
    kind: int = stun.type
    return (kind >> 7 & 2) | (kind >> 4 & 1)


def method(stun: Stun) -> int:
    """The twelve bits around the class."""
    kind: int = stun.type
    return (kind & 0xF) | (kind >> 1 & 0x70) | (kind >> 2 & 0xF80)


class Stun(Summarised):
    """A message of 20 octets and attributes."""

    __slots__ = ()

    name = "stun"
    tag = b"stun"
    title = b"STUN"
    told = ("method", "message_class", "mapped_ip", "mapped_port", "username", "software",
            "error_code")

    type = U16(0, "of message: class and method in one number")
    method = Made("u16", method, "what is asked for", names=METHODS)
    message_class = Made("u8", class_of, "request, indication, success or error", names=CLASSES)
    length = U16(2, "of the attributes", unit="bytes")
    cookie = Made("u32", lambda stun: stun.pkt.u32(stun.off + COOKIE_AT), "0x2112a442")
    transaction_id = Octets(8, 12, "the same in request and answer")
    attributes = Listed(attributes_of, "every attribute", keyed=True)
    mapped_ip = Made("text", lambda stun: getattr(mapped(stun), "ip", None),
                     "the client's address as the server sees it")
    mapped_port = Made("u16", lambda stun: getattr(mapped(stun), "port", None),
                       "the client's port as the server sees it")
    username = Made("text", attribute("username"))
    software = Made("text", attribute("software"))
    error_code = Made("u16", lambda stun: getattr(attributes_of(stun).get("error_code"), "code",
                                                  None), "of an error")

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        return (size >= HEADER_LENGTH and pkt.u32(at + COOKIE_AT) == COOKIE
                and pkt.u16(at) < 0x4000 and pkt.u16(at + 2) % 4 == 0
                and pkt.u16(at + 2) + HEADER_LENGTH <= size)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.raw(off, HEADER_LENGTH)
        pkt.raw(off + HEADER_LENGTH, self.length)
