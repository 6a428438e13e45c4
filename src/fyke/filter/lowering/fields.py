"""Tests of link-layer fields that have words of their own: LLC, pf's log, ATM, SS7, lengths."""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.instructions import (
    AD_IFINDEX,
    ALU,
    AND,
    JEQ,
    JGE,
    JGT,
    LD,
    LEN,
    OR,
    SKF_AD_OFF,
    B,
    H,
    K,
    W,
)
from fyke.filter.links import atm, pflog
from fyke.filter.links.ss7 import Mtp2
from fyke.filter.links.table import plain_ethernet
from fyke.filter.lowering.arithmetic import COMPARISONS
from fyke.filter.lowering.fragment import Fragment, any_of, both, negate
from fyke.filter.lowering.generator import Base, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.layout import Offset
from fyke.filter.numbers import EtherType
from fyke.filter.syntax import ByteTest, Cast, Field, InterfaceIndex, LengthTest, Llc, PfTest, Word

UNKNOWN_NETMASK = 0xFFFFFFFF  #: what libpcap's callers say if they have none
IPV4_DESTINATION = 16  #: RFC 791, section 3.1
IPV6_DESTINATION = 24  #: RFC 8200, section 3


# --- any link type --------------------------------------------------------------------------------

def length_test(gen: Generator, node: LengthTest) -> Fragment:
    """``less n`` and ``greater n``, both with n itself."""
    code = [gen.statement(LD | LEN)]
    if node.word == "greater":
        return gen.jump(JGE, node.value, code)
    return negate(gen.jump(JGT, node.value, code))


def byte_test(gen: Generator, node: ByteTest) -> Fragment:
    """``byte n = v``; with & and | the result is not 0."""
    gen.limit("byte argument", node.value, 0xFF)
    if node.op in COMPARISONS:
        test, reverse = COMPARISONS[node.op]
        return gen.compare(Base.LINK, node.offset, B, node.value, test=test, reverse=reverse)
    code = gen.load(Base.LINK, node.offset, B)
    code.append(gen.statement(ALU | (AND if node.op == "&" else OR) | K, node.value))
    return negate(gen.jump(JEQ, 0, code))


def interface_index(gen: Generator, node: InterfaceIndex) -> Fragment:
    """``ifindex n``: in a Linux cooked header, or known to a live Linux capture."""
    link = gen.layout.link
    if link.type.name == "LINUX_SLL2":
        return gen.equal(Base.LINK, 4, W, node.value)
    if not gen.options.linux_extensions:
        gen.fail(f"not a live capture, 'ifindex' not supported on {link.name}")
    return gen.equal(Base.LINK, SKF_AD_OFF + AD_IFINDEX, W, node.value)


def cast(gen: Generator, node: Cast) -> Fragment:
    """``broadcast`` and ``multicast``, of the link layer, IPv4 or IPv6."""
    casts: dict[tuple[str | None, str], Callable[[Generator], Fragment]] = {
        ("link", "broadcast"): gen.layout.link.broadcast,
        ("link", "multicast"): gen.layout.link.multicast,
        ("ip", "broadcast"): _ip_broadcast,
        ("ip", "multicast"): _ip_multicast,
        ("ip6", "multicast"): _ip6_multicast,
    }
    test = casts.get((node.protocol or "link", node.word))
    if test is None:
        gen.fail(f"'{node.protocol}' is not a valid qualifier for '{node.word}'")
    return test(gen)


def _ip_multicast(gen: Generator) -> Fragment:
    """224.0.0.0/4."""
    group = gen.masked(Base.NETWORK, IPV4_DESTINATION, B, 0xE0, 0xF0)
    return both(carried(gen, EtherType.IP), group)


def _ip6_multicast(gen: Generator) -> Fragment:
    """ff00::/8."""
    group = gen.equal(Base.NETWORK, IPV6_DESTINATION, B, 0xFF)
    return both(carried(gen, EtherType.IPV6), group)


def _ip_broadcast(gen: Generator) -> Fragment:
    """The host part of the destination is all zeros or all ones."""
    netmask = gen.options.netmask
    if netmask is None or netmask == UNKNOWN_NETMASK:
        gen.fail("netmask not known, so 'ip broadcast' not supported")
    host = ~netmask & 0xFFFFFFFF
    zeros = gen.masked(Base.NETWORK, IPV4_DESTINATION, W, 0, host)
    ones = gen.masked(Base.NETWORK, IPV4_DESTINATION, W, host, host)
    return both(carried(gen, EtherType.IP), any_of(zeros, ones))


# --- 802.2 LLC ------------------------------------------------------------------------------------

LLC_CONTROL = 2  #: offset of the control field
#: Subtypes of supervisory and unnumbered frames (ISO/IEC 8802-2, 5.4), in the control field.
SUPERVISORY = {"rr": 0x01, "rnr": 0x05, "rej": 0x09}
UNNUMBERED = {"ui": 0x03, "ua": 0x63, "disc": 0x43, "dm": 0x0F, "sabme": 0x6F, "test": 0xE3,
              "xid": 0xAF, "frmr": 0x87}
SUPERVISORY_MASK = 0x0F
UNNUMBERED_MASK = 0xEF  #: all but poll/final


def llc(gen: Generator, node: Llc) -> Fragment:
    """``llc`` and ``llc type``."""
    is_llc = gen.layout.link.llc(gen)
    kind = node.type
    if kind is None:
        return is_llc
    if kind == "i":
        return both(is_llc, gen.no_bit(Base.LLC, LLC_CONTROL, B, 1))
    if kind in ("s", "u"):
        value, mask = (1, 3) if kind == "s" else (3, 3)
    elif kind in SUPERVISORY:
        value, mask = SUPERVISORY[kind], SUPERVISORY_MASK
    else:
        value, mask = UNNUMBERED[kind], UNNUMBERED_MASK
    return both(is_llc, gen.masked(Base.LLC, LLC_CONTROL, B, value, mask))


# --- pf -------------------------------------------------------------------------------------------

PF_NUMBERS = {"rnr": (pflog.RULE, W), "srnr": (pflog.SUBRULE, W), "reason": (pflog.REASON, B),
              "action": (pflog.ACTION, B)}
PF_NAMES = {"ifname": pflog.INTERFACE, "ruleset": pflog.RULESET}


def pf_test(gen: Generator, node: PfTest) -> Fragment:
    """A field of OpenBSD's packet filter log."""
    word, value = node.word, node.value
    if gen.layout.link.type.name != "PFLOG":
        gen.fail(f"'{word}' supported only on PFLOG linktype")
    if isinstance(value, int):
        offset, width = PF_NUMBERS[word]
        return gen.equal(Base.LINK, offset, width, value)
    name = value.encode()
    if len(name) >= pflog.NAME_SIZE:
        what = "ifname interface" if word == "ifname" else word
        gen.fail(f"{what} names can only be {pflog.NAME_SIZE - 1} characters")
    return gen.octets(Base.LINK, PF_NAMES[word], name)


# --- one word -------------------------------------------------------------------------------------

def word_test(gen: Generator, node: Word) -> Fragment:
    """A test of one word."""
    word = node.word
    if word in ("inbound", "outbound"):
        return gen.layout.link.travels(gen, word == "outbound")
    if word in MTP2_TYPES:
        return _mtp2_type(gen, word)
    return _atm(gen, word)


# --- ATM ------------------------------------------------------------------------------------------

#: Circuits of VPI 0, by VCI (ITU-T I.361).
CIRCUITS = {"metac": 1, "bcc": 2, "oamf4sc": 3, "oamf4ec": 4, "sc": 5, "ilmic": 16}
#: Q.2931 message types (ITU-T Q.2931, 4.4), in the order in which they are looked for.
SETUP, CALL_PROCEED, CONNECT, CONNECT_ACK, RELEASE, RELEASE_DONE = 5, 2, 7, 15, 77, 90
MESSAGES = {
    "connectmsg": ("sc", (RELEASE_DONE, RELEASE, CONNECT_ACK, CONNECT, SETUP, CALL_PROCEED)),
    "metaconnect": ("metac", (RELEASE_DONE, RELEASE, CONNECT, SETUP, CALL_PROCEED)),
}
MESSAGE_TYPE = 5  #: offset in a Q.2931 message


def _require_atm(gen: Generator, word: str) -> None:
    if not isinstance(gen.layout.link, atm.SunAtm):
        gen.fail(f"'{word}' supported only on SUNATM")


def _atm(gen: Generator, word: str) -> Fragment:
    _require_atm(gen, word)
    if word in CIRCUITS:
        return _circuit(gen, word)
    if word in ("oam", "oamf4"):
        cells = any_of(*(gen.equal(Base.LINK, atm.VCI, H, number) for number in (3, 4)))
        return both(gen.equal(Base.LINK, atm.VPI, B, 0), cells)
    if word in MESSAGES:
        circuit, types = MESSAGES[word]
        messages = any_of(*(gen.equal(Base.LINK, atm.PAYLOAD + MESSAGE_TYPE, B, number)
                            for number in types))
        return both(_circuit(gen, circuit), messages)
    return _lane(gen)


def _circuit(gen: Generator, word: str) -> Fragment:
    return both(gen.equal(Base.LINK, atm.VPI, B, 0),
                gen.equal(Base.LINK, atm.VCI, H, CIRCUITS[word]))


def _lane(gen: Generator) -> Fragment:
    """LAN emulation, taken to be of Ethernet: later tests are about that."""
    fragment = atm.traffic(gen, atm.LANE)
    layout = gen.layout
    header = atm.PAYLOAD + 2
    ethernet = plain_ethernet()
    start = ethernet.start
    gen.layout = layout._replace(
        link=ethernet, outer=layout.link, header=Offset(header), outer_header=layout.header,
        type=layout.type._replace(constant=header + start.type),
        payload=layout.payload._replace(constant=header + start.payload),
        network=start.network, network_no_snap=start.network_no_snap)
    return fragment


# --- SS7 ------------------------------------------------------------------------------------------

#: MTP2's length indicator, and that of a high-speed link (ITU-T Q.703, 2.2 and annex A).
LENGTH, LENGTH_MASK = 2, 0x3F
LONG_LENGTH, LONG_LENGTH_MASK, LONG_LENGTH_UNIT = 4, 0xFF80, 0x80
#: Signal units, by the least and the most that the length may be (None: any).
MTP2_TYPES = {"fisu": (0, 0), "lssu": (1, 2), "msu": (3, None),
              "hfisu": (0, 0), "hlssu": (1, 2), "hmsu": (3, None)}

#: MTP3 fields: offset, width, mask of the number, and how far it is shifted (ITU-T Q.704, 2.2).
MTP3_FIELDS = {"sio": (3, B, 0xFF, 0), "opc": (4, W, 0x3FFF, 14), "dpc": (4, H, 0x3FFF, 0),
               "sls": (7, B, 0x0F, 4)}
HIGH_SPEED = 3  #: how much further on a field is on a high-speed link


def _prefix(gen: Generator, word: str) -> int:
    link = gen.layout.link
    if not isinstance(link, Mtp2):
        gen.fail(f"'{word}' supported only on SS7")
    return link.prefix


def _mtp2_type(gen: Generator, word: str) -> Fragment:
    """A signal unit is told by its length."""
    prefix = _prefix(gen, word)
    least, most = MTP2_TYPES[word]
    if word[0] == "h":
        offset, width, mask, unit = prefix + LONG_LENGTH, H, LONG_LENGTH_MASK, LONG_LENGTH_UNIT
    else:
        offset, width, mask, unit = prefix + LENGTH, B, LENGTH_MASK, 1

    def compare(test: int, value: int, reverse: bool) -> Fragment:
        return gen.compare(Base.PACKET, offset, width, value * unit, mask=mask, test=test,
                           reverse=reverse)

    if most == 0:
        return compare(JEQ, 0, False)
    longer = compare(JGT, least - 1, False)
    return longer if most is None else both(longer, compare(JGT, most, True))


def field_test(gen: Generator, node: Field) -> Fragment:
    """A field of ATM's or MTP3's header, compared with a number."""
    test, reverse = COMPARISONS[node.op]
    field, value = node.field, node.value
    if field in ("vpi", "vci"):
        _require_atm(gen, field)
        offset, width, most = (atm.VPI, B, 0xFF) if field == "vpi" else (atm.VCI, H, 0xFFFF)
        gen.limit(field.upper(), value, most)
        return gen.compare(Base.LINK, offset, width, value, test=test, reverse=reverse)
    prefix = _prefix(gen, field)
    offset, width, most, shift = MTP3_FIELDS[field.removeprefix("h")]
    if field[0] == "h":
        offset += HIGH_SPEED
    gen.limit(field, value, most)
    if field.endswith("sio"):
        mask = 0xFFFFFFFF  # the whole octet
    else:
        mask = _little_endian(most << shift, width)
    return gen.compare(Base.PACKET, prefix + offset, width, _little_endian(value << shift, width),
                       mask=mask, test=test, reverse=reverse)


def _little_endian(number: int, width: int) -> int:
    """A number as it is loaded from a little-endian field."""
    size = {B: 1, H: 2, W: 4}[width]
    return int.from_bytes(number.to_bytes(size, "little"), "big")
