"""Domain names in the options of DHCP and its kin, as values (RFC 1035 §3.1 and §4.1.4)."""

from __future__ import annotations

from fyke.layers.cursor import MOST, Malformed
from fyke.wire import Record

POINTER = 0xC0  # the top two bits of a pointer's first octet
MOST_OCTETS = 255  # of a name (RFC 1035 §2.3.4)
DOT, BACKSLASH = 0x2E, 0x5C


def domain_name(pkt: Record, at: int, stop: int, base: int = -1) -> tuple[str, int]:
    """The name at ``at`` without its last dot, and where it ends.

    Pointers count from ``base``, and lead backwards only (RFC 3397 §2); below 0: none may be
    there. Raises Malformed past ``stop``. A name that ``stop`` ends is partial (RFC 4704 §4.2).
    """
    labels: list[str] = []
    after = -1
    octets = 0
    limit = at
    while at < stop:
        size = pkt.u8(at)
        if size & POINTER == POINTER:
            if base < 0 or at + 2 > stop:
                raise Malformed("a pointer where none may be")
            target = base + (pkt.u16(at) & 0x3FFF)
            if after < 0:
                after = at + 2
            if target >= limit:
                raise Malformed("a pointer that does not lead backwards")
            at = limit = target
            continue
        if size & POINTER or size >= stop - at:
            raise Malformed(f"a label of {size} octets where {stop - at - 1} are left")
        at += 1
        if size == 0:
            break
        octets += size + 1
        if octets > MOST_OCTETS:
            raise Malformed("a name of more than 255 octets")
        labels.append(label_text(pkt.raw(at, size)))
        at += size
    return ".".join(labels), at if after < 0 else after


def label_text(octets: bytes) -> str:
    """A label; what is a dot or no printable character as master files write it (§5.1)."""
    return "".join(f"\\{chr(octet)}" if octet in (DOT, BACKSLASH)
                   else chr(octet) if 0x21 <= octet < 0x7F else f"\\{octet:03d}"
                   for octet in octets)


def domain_list(pkt: Record, at: int, size: int) -> list[str]:
    """Names one after the other, none of them compressed."""
    return names_of(pkt, at, at + size, -1)


def compressed_list(pkt: Record, at: int, size: int) -> list[str]:
    """Names one after the other; pointers count from the first (RFC 3397 §2)."""
    return names_of(pkt, at, at + size, at)


def names_of(pkt: Record, at: int, stop: int, base: int) -> list[str]:
    found: list[str] = []
    while at < stop and len(found) < MOST:
        name, at = domain_name(pkt, at, stop, base)
        found.append(name)
    return found
