"""Bodies of IEEE 802.11 management frames, and their elements (IEEE 802.11-2016 §9.3.3, §9.4)."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, NamedTuple
from fyke.layers.cursor import options, tlvs
from fyke.layers.fields import Options
from fyke.layers.link.wlan_elements import FORMS
from fyke.layers.link.wlan_names import (
    ALGORITHM_NAMES,
    CATEGORIES,
    REASON_NAMES,
    STATUS_NAMES,
    SUBTYPE_NAMES,
)
from fyke.layers.words import named
from fyke.wire import Line, Record, Truncated

if TYPE_CHECKING:
    from fyke.layers.link.wlan import Wlan

(ASSOCIATION, ASSOCIATED, REASSOCIATION, REASSOCIATED, PROBE, PROBED) = range(6)
BEACON, ATIM, DISASSOCIATION, AUTHENTICATION, DEAUTHENTICATION, ACTION = range(8, 14)
#: Octets of fixed fields before the elements.
FIXED = {ASSOCIATION: 4, ASSOCIATED: 6, REASSOCIATION: 10, REASSOCIATED: 6, PROBE: 0, PROBED: 12,
         BEACON: 12, AUTHENTICATION: 6}
#: Where the capability field stands among them.
CAPABILITIES_AT = {ASSOCIATED: 0, REASSOCIATED: 0, PROBED: 10, BEACON: 10}
ESS, PRIVACY = 0x0001, 0x0010
SHARED_KEY = 1
MULTIHOP = 14  # category of an action: no space stands behind its name

SSID, RATES, CHANNEL, TIM, CHALLENGE, MESH_ID = 0, 1, 3, 5, 16, 114  # elements
#: Octets that the content of an element may have at most (§9.4.2).
LIMITS = {SSID: 32, RATES: 16, TIM: 254, CHALLENGE: 253, MESH_ID: 32}


class Elements(NamedTuple):
    """What is shown of a frame's elements: the first of each kind."""

    ssid: bytes | None
    rates: bytes
    channel: int | None
    mesh_id: bytes | None
    whole: bool  #: neither cut short nor longer than may be


def elements(pkt: Record, subtype: int, off: int, stop: int) -> Options:
    """Every element of a body at ``off``, as values."""
    if subtype not in FIXED:
        return Options()
    return options(pkt, tlvs(pkt, off + FIXED[subtype], stop), FORMS)


def whole_elements(pkt: Record, off: int, stop: int) -> list[tuple[int, bytes]]:
    """Identifier and content of every whole element, for the text."""
    found = []
    stop = min(stop, pkt.end)
    while stop - off >= 2:
        size = pkt.u8(off + 1)
        if size > stop - off - 2:
            break
        found.append((pkt.u8(off), pkt.raw(off + 2, size)))
        off += 2 + size
    return found


def read_elements(pkt: Record, subtype: int, off: int, stop: int) -> Elements:
    """The elements of a body at ``off``, up to the first that cannot be."""
    found = whole_elements(pkt, off + FIXED[subtype], stop)
    used = off + FIXED[subtype] + sum(2 + len(content) for _, content in found)
    whole = used == stop
    ssid = channel = mesh_id = None
    rates = b""
    for kind, content in found:
        if len(content) > LIMITS.get(kind, 255):
            whole = False
            break
        if kind == SSID and ssid is None:
            ssid = content
        elif kind == RATES and not rates:
            rates = content
        elif kind == CHANNEL and channel is None and len(content) == 1:
            channel = content[0]
        elif kind == MESH_ID and mesh_id is None:
            mesh_id = content
    return Elements(ssid, rates, channel, mesh_id, whole)


def write_management(line: Line, frame: Wlan) -> None:
    """Name and body of a management frame."""
    subtype = frame.subtype
    line.put(named(SUBTYPE_NAMES, subtype, b"Unhandled Management subtype(%x)"))
    off = frame.body_off
    if frame.frame_control & 0x4000:
        write_wep(line, frame.pkt, off)
    elif subtype in (DISASSOCIATION, DEAUTHENTICATION):
        write_reason(line, frame, off)
    elif subtype == ACTION:
        write_action(line, frame, off)
    elif subtype in FIXED:
        write_body(line, frame, off)


def need(frame: Wlan, count: int) -> None:
    """The first ``count`` octets of the body must be there."""
    if frame.body_length < count or not frame.pkt.has(frame.body_off, count):
        raise Truncated


def write_body(line: Line, frame: Wlan, off: int) -> None:
    """A body of fixed fields and elements."""
    subtype, pkt = frame.subtype, frame.pkt
    need(frame, FIXED[subtype])
    shown = read_elements(pkt, subtype, off, off + frame.body_length)
    where = CAPABILITIES_AT.get(subtype)
    capabilities = 0 if where is None else pkt.le16(off + where)
    if subtype == AUTHENTICATION:
        write_authentication(line, pkt, off)
    elif subtype in (ASSOCIATED, REASSOCIATED):
        line.put(b" AID(%x) :%s: %s" % (
            pkt.le16(off + 4) & 0x3FFF, b" PRIVACY " if capabilities & PRIVACY else b"",
            status_of(pkt.le16(off + 2))))
    else:
        write_text(line, b" (", shown.ssid)
        if subtype == REASSOCIATION:
            line.put(b" AP : ")
            line.ether(pkt, off + 4)
        else:
            write_rates(line, shown.rates)
        if subtype == BEACON:
            line.put(b" ESS" if capabilities & ESS else b" IBSS")
        if subtype in (BEACON, PROBED):
            if shown.channel is not None:
                line.put(b" CH: %d" % shown.channel)
            if capabilities & PRIVACY:
                line.put(b", PRIVACY")
            write_text(line, b" (MESHID: ", shown.mesh_id)
    if not shown.whole:
        raise Truncated


def write_text(line: Line, label: bytes, text: bytes | None) -> None:
    """A name, as far as its first zero octet."""
    if text is not None:
        line.put(label)
        line.escape(text.split(b"\0", 1)[0])
        line.char(41)


def write_rates(line: Line, rates: bytes) -> None:
    """Megabits a second; a star marks what every station must know."""
    if rates:
        line.put(b" [%s Mbit]" % b" ".join(
            b"%.1f%s" % ((rate & 0x7F) / 2, b"*" if rate & 0x80 else b"") for rate in rates))


def status_of(code: int) -> bytes:
    return STATUS_NAMES[code] if code < len(STATUS_NAMES) else b"n/a"


def write_authentication(line: Line, pkt: Record, off: int) -> None:
    algorithm = pkt.le16(off)
    sequence = pkt.le16(off + 2)
    status = status_of(pkt.le16(off + 4)) if sequence % 2 else b""
    challenge = algorithm == SHARED_KEY and sequence in (2, 3)
    line.put(b" (%s)-%x%s %s" % (named(ALGORITHM_NAMES, algorithm, b"Reserved"), sequence,
                                 b" [Challenge Text]" if challenge else b":", status))


def write_source(line: Line, frame: Wlan) -> None:
    """The sender, where -e has not shown it."""
    if not line.style.link_level:
        line.put(b" (")
        line.ether(frame.pkt, frame.off + 10)
        line.char(41)
    line.put(b": ")


def write_reason(line: Line, frame: Wlan, off: int) -> None:
    need(frame, 2)
    reason = frame.pkt.le16(off)
    if frame.subtype == DEAUTHENTICATION:
        write_source(line, frame)
    else:
        line.put(b": ")
    line.put(REASON_NAMES[reason] if reason < len(REASON_NAMES) else b"Reserved")


def write_action(line: Line, frame: Wlan, off: int) -> None:
    need(frame, 2)
    write_source(line, frame)
    category, action = frame.pkt.u8(off), frame.pkt.u8(off + 1)
    if category in CATEGORIES:
        name, actions = CATEGORIES[category]
    else:
        name, actions = b"Reserved(%d)" % category, {}
    between = b"" if category == MULTIHOP else b" "
    line.put(name + between + named(actions, action, b"Act#%d"))


def write_wep(line: Line, pkt: Record, off: int) -> None:
    """The initialisation vector of an encrypted body."""
    value = pkt.le32(off)
    line.put(b" IV:%3x Pad %x KeyID %x" % (value & 0xFFFFFF, value >> 24 & 0x3F, value >> 30))
