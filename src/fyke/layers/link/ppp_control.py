"""Control protocols of PPP: LCP, IPCP, IPV6CP, CCP, BACP; tcpdump: print-ppp.c."""

from __future__ import annotations

from fyke.hints import Callable, ClassVar
from fyke.layers.cursor import options, text, tlvs
from fyke.layers.fields import U8, U16, Listed, Made, Options
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.link.ppp_names import (
    AUTH_ALGORITHMS,
    BACP,
    CALLBACK_NAMES,
    CCP,
    CCP_OPTIONS,
    CODE_NAMES,
    COMPRESSIONS,
    IPCP,
    IPCP_OPTIONS,
    IPV6CP,
    LCP,
    LCP_OPTIONS,
    MPLSCP,
    OSICP,
    PROTOCOL_NAMES,
)
from fyke.layers.link.ppp_options import FORMS
from fyke.layers.ouis import OUI_NAMES
from fyke.layers.words import as_text
from fyke.wire import Line, Record, Truncated

CONFIGURE = (1, 2, 3, 4)
VENDOR, TERM_REQUEST, TERM_ACK, CODE_REJECT, PROTOCOL_REJECT = 0, 5, 6, 7, 8
ECHO_REQUEST, ECHO_REPLY, DISCARD, IDENTIFICATION, TIME_REMAINING = 9, 10, 11, 12, 13

HEADER_LENGTH = 4  # code, identifier, length


class ControlProtocol(Layer):
    """Code, identifier, length, and what goes with the code."""

    __slots__ = ()

    proto: ClassVar[int]  #: PPP protocol number
    tag = b"ppp"

    code = U8(0, "what is asked or answered", names=as_text(CODE_NAMES))
    id = U8(1, "which request is answered")
    length = U16(2, "header and data", unit="bytes")

    def write(self, line: Line) -> None:
        name = PROTOCOL_NAMES[self.proto]
        pkt = self.pkt
        at = self.off
        line.put(b"%s, " % name)
        if self.size < HEADER_LENGTH or not pkt.has(at, 2):
            line.put(b"[|%s]" % name)
            return
        code = pkt.u8(at)
        line.put(b"%s (0x%02x), id %d, length %d" % (
            CODE_NAMES.get(code, b"Unknown Opcode"), code, pkt.u8(at + 1), self.size + 2))
        if line.style.verbose:
            self.write_data(line, name)

    def write_data(self, line: Line, name: bytes) -> None:
        """What goes with the code."""
        pkt = self.pkt
        at = self.off
        code = pkt.u8(at)
        size = pkt.u16(at + 2)
        if size < HEADER_LENGTH:
            line.put(b"\n\tencoded length %d (< 4))" % size)
            return
        if size > self.size:
            line.put(b"\n\tencoded length %d (> packet length %d))" % (size, self.size))
            return
        line.put(b"\n\tencoded length %d (=Option(s) length %d)" % (size, size - HEADER_LENGTH))
        if size == HEADER_LENGTH:
            return
        if line.style.verbose > 1:
            print_unknown_data(line, pkt, at - 2, b"\n\t", 6)
        if code in CONFIGURE:
            try:
                write_options(line, pkt, self.proto, at + HEADER_LENGTH, size - HEADER_LENGTH)
            except Truncated:
                line.put(b"[|%s]" % name.lower())
        else:
            write_other(line, pkt, name, code, at, size)


def data_of(control: ControlProtocol) -> bytes:
    """What follows the header, up to the stated length."""
    stop = control.off + min(control.length, control.size)
    return control.between(control.off + HEADER_LENGTH, stop)


def number_of(at: int, codes: tuple[int, ...]) -> Callable[[ControlProtocol], int | None]:
    """A field of 32 bits that only packets with these codes have."""
    def read(control: ControlProtocol) -> int | None:
        if control.code not in codes or control.length < at + 4:
            return None
        return control.pkt.u32(control.off + at)
    return read


def rejected_of(control: ControlProtocol) -> int | None:
    """The protocol that a Protocol-Reject tells of (RFC 1661 §5.7)."""
    if control.code != PROTOCOL_REJECT or control.length < 6:
        return None
    return control.pkt.u16(control.off + HEADER_LENGTH)


def message_of(control: ControlProtocol) -> str | None:
    """The text of an Identification (RFC 1570 §2.1)."""
    if control.code != IDENTIFICATION:
        return None
    return text(control.pkt, control.off + 8, max(min(control.length, control.size) - 8, 0))


def options_of(control: ControlProtocol) -> Options:
    """The options of a Configure packet."""
    if control.code not in CONFIGURE:
        return Options()
    stop = control.off + min(control.length, control.size)
    return options(control.pkt, tlvs(control.pkt, control.off + HEADER_LENGTH, stop, counts=2),
                   FORMS.get(control.proto, {}))


class Lcp(ControlProtocol):
    """The link itself (RFC 1661 §5, RFC 1570)."""

    __slots__ = ()

    name = "lcp"
    proto = LCP

    options = Listed(options_of, "what is proposed, accepted or refused", keyed=True)
    magic_number = Made("u32", number_of(4, (VENDOR, ECHO_REQUEST, ECHO_REPLY, DISCARD,
                                             IDENTIFICATION, TIME_REMAINING)),
                        "tells the ends apart")
    seconds_remaining = Made("u32", number_of(8, (TIME_REMAINING,)), "until the link ends",
                             unit="s")
    rejected = Made("u16", rejected_of, "protocol that the other end does not know",
                    names=as_text(PROTOCOL_NAMES))
    message = Made("text", message_of, "what the other end is")
    data = Made("bytes", data_of, "everything after the header")


class OptionProtocol(ControlProtocol):
    """A network control protocol: options and little else."""

    __slots__ = ()

    options = Listed(options_of, "what is proposed, accepted or refused", keyed=True)
    data = Made("bytes", data_of, "everything after the header")


class Ipcp(OptionProtocol):
    """Settings of IPv4 (RFC 1332, RFC 1877)."""

    __slots__ = ()
    name = "ipcp"
    proto = IPCP


class Ipv6cp(OptionProtocol):
    """Settings of IPv6 (RFC 5072)."""

    __slots__ = ()
    name = "ipv6cp"
    proto = IPV6CP


class Ccp(OptionProtocol):
    """Compression (RFC 1962)."""

    __slots__ = ()
    name = "ccp"
    proto = CCP


class Bacp(OptionProtocol):
    """Allocation of bandwidth (RFC 2125)."""

    __slots__ = ()
    name = "bacp"
    proto = BACP


class Osicp(OptionProtocol):
    """Settings of OSI's network layer (RFC 1377)."""

    __slots__ = ()
    name = "osicp"
    proto = OSICP


class Mplscp(OptionProtocol):
    """Settings of MPLS (RFC 3032 §4.2)."""

    __slots__ = ()
    name = "mplscp"
    proto = MPLSCP


def write_other(line: Line, pkt: Record, name: bytes, code: int, at: int, size: int) -> None:
    """What codes other than Configure carry; ``size`` counts the header."""
    body = at + 4
    if code in (TERM_REQUEST, TERM_ACK, CODE_REJECT):
        return
    if code == PROTOCOL_REJECT:
        if size >= 6:
            proto = pkt.u16(body)
            line.put(b"\n\t  Rejected %s Protocol (0x%04x)" % (
                PROTOCOL_NAMES.get(proto, b"unknown"), proto))
            if size > 6:
                line.put(b"\n\t  Rejected Packet")
                print_unknown_data(line, pkt, body + 2, b"\n\t    ", size - 6)
    elif code in (ECHO_REQUEST, ECHO_REPLY, DISCARD):
        if size >= 8:
            line.put(b"\n\t  Magic-Num 0x%08x" % pkt.u32(body))
            if size > 8:
                line.put(b"\n\t  -----trailing data-----")
                if not pkt.has(body + 4, size - 8):
                    line.put(b"[|%s]" % name)
                    return
                print_unknown_data(line, pkt, body + 4, b"\n\t  ", size - 8)
    elif code == IDENTIFICATION:
        if size >= 8:
            line.put(b"\n\t  Magic-Num 0x%08x" % pkt.u32(body))
            if size > 8:
                line.put(b"\n\t  Message\n\t    ")
                count = size - 4  # four too many, as tcpdump does
                line.escaped(pkt, body + 4, min(count, max(pkt.end - body - 4, 0)))
                if not pkt.has(body + 4, count):
                    line.put(b"[|%s]" % name)
    elif code == TIME_REMAINING:
        if size >= 12:
            line.put(b"\n\t  Magic-Num 0x%08x" % pkt.u32(body))
            line.put(b", Seconds-Remaining %ds" % pkt.u32(body + 4))
    elif code == VENDOR:
        if size >= 11:
            line.put(b"\n\t  Magic-Num 0x%08x" % pkt.u32(body))
            oui = pkt.u24(body + 4)
            line.put(b" Vendor: %s (%d)" % (OUI_NAMES.get(oui, b"Unknown"), oui))
    elif line.style.verbose <= 1:
        print_unknown_data(line, pkt, at - 2, b"\n\t  ", size + 2)


def write_options(line: Line, pkt: Record, proto: int, at: int, rest: int) -> None:
    whole = rest + HEADER_LENGTH
    while rest > 0:
        if rest < 2:
            return
        kind = pkt.u8(at)
        size = pkt.u8(at + 1)
        if size > whole:  # not even the packet has room for it
            return
        if proto == LCP and kind >= len(LCP_OPTIONS):
            line.put(b"\n\tunknown LCP option 0x%02x" % kind)
        else:
            name = option_name(proto, kind)
            if name is None:
                return
            line.put(b"\n\t  %s Option (0x%02x), length %d" % (name, kind, size))
            if size < 2:
                line.put(b" (length bogus, should be >= 2)")
            else:
                write_whole_option(line, pkt, proto, kind, at, size)
        if size < 2:
            return
        if rest < size:
            line.put(b" [remaining options length %d < %d] (invalid)" % (rest, size))
            return
        at += size
        rest -= size


def write_whole_option(line: Line, pkt: Record, proto: int, kind: int, at: int, size: int) -> None:
    """An option after its name; with -vv its octets too."""
    if write_option(line, pkt, proto, kind, at, size) and line.style.verbose > 1:
        print_unknown_data(line, pkt, at + 2, b"\n\t    ", size - 2)


def option_name(proto: int, kind: int) -> bytes | None:
    """None for the protocols whose options nobody decodes."""
    if proto == LCP:
        return LCP_OPTIONS[kind]
    if proto == IPCP:
        return IPCP_OPTIONS.get(kind, b"unknown")
    if proto == IPV6CP:
        return b"Interface-ID" if kind == 1 else b"unknown"
    if proto == CCP:
        return CCP_OPTIONS.get(kind, b"Unknown")
    if proto == BACP:
        return b"Favored-Peer" if kind == 1 else b"Unknown"
    return None


def bogus(line: Line, size: int, least: int, *, exact: bool) -> bool:
    """Whether a length is wrong; says so."""
    if size == least or (size > least and not exact):
        return False
    line.put(b" (length bogus, should be %s %d)" % (b"=" if exact else b">=", least))
    return True


def write_option(line: Line, pkt: Record, proto: int, kind: int, at: int, size: int) -> bool:
    """An option's value; False if its length was wrong."""
    if proto == LCP:
        return write_lcp(line, pkt, kind, at, size)
    if proto == IPCP:
        return write_ipcp(line, pkt, kind, at, size)
    if proto == IPV6CP and kind == 1:
        if bogus(line, size, 10, exact=True):
            return False
        line.put(b": %04x:%04x:%04x:%04x" % tuple(pkt.u16(at + i) for i in (2, 4, 6, 8)))
        return True
    if proto == BACP and kind == 1:
        if bogus(line, size, 6, exact=True):
            return False
        line.put(b": Magic-Num 0x%08x" % pkt.u32(at + 2))
        return True
    if proto == CCP:
        return write_ccp(line, pkt, kind, at, size)
    write_raw(line, pkt, at, size)
    return True


def write_raw(line: Line, pkt: Record, at: int, size: int) -> None:
    if line.style.verbose < 2:
        print_unknown_data(line, pkt, at + 2, b"\n\t    ", size - 2)


LCP_SIZES = {0: (6, False), 1: (4, True), 2: (6, True), 3: (4, False), 4: (4, False),
             5: (6, True), 13: (3, False), 17: (4, True), 19: (3, False), 23: (4, True)}
CHAP, LQM = 0xC223, 0xC025
PLAIN_AUTH = (0xC023, 0xC227, 0xC027, 0xC123)  # PAP, EAP, SPAP and the old SPAP


def write_lcp(line: Line, pkt: Record, kind: int, at: int, size: int) -> bool:
    if kind in LCP_SIZES:
        least, exact = LCP_SIZES[kind]
        if bogus(line, size, least, exact=exact):
            return False
    if kind == 0:
        oui = pkt.u24(at + 2)
        line.put(b": Vendor: %s (%d)" % (OUI_NAMES.get(oui, b"Unknown"), oui))
    elif kind in (1, 17):
        line.put(b": %d" % pkt.u16(at + 2))
    elif kind in (2, 5):
        line.put(b": 0x%08x" % pkt.u32(at + 2))
    elif kind == 3:
        write_auth(line, pkt, at, size)
    elif kind == 4:
        line.put(b": LQR" if pkt.u16(at + 2) == LQM else b": unknown")
    elif kind == 13:
        operation = pkt.u8(at + 2)
        line.put(b": Callback Operation %s (%d)" % (
            CALLBACK_NAMES.get(operation, b"Unknown"), operation))
    elif kind == 19:
        return write_discriminator(line, pkt, at, size)
    elif kind == 23:
        line.put(b": 0x%04x" % pkt.u16(at + 2))
    elif kind not in (7, 8):
        write_raw(line, pkt, at, size)
    return True


def write_auth(line: Line, pkt: Record, at: int, size: int) -> None:
    proto = pkt.u16(at + 2)
    line.put(b": %s" % PROTOCOL_NAMES.get(proto, b"Unknown Auth Proto (0x04x)"))
    if proto == CHAP:
        algorithm = pkt.u8(at + 4)
        line.put(b", %s" % (AUTH_ALGORITHMS.get(algorithm) or b"Unknown Auth Alg %d" % algorithm))
    elif proto not in PLAIN_AUTH:
        print_unknown_data(line, pkt, at, b"\n\t", size)


def write_discriminator(line: Line, pkt: Record, at: int, size: int) -> bool:
    """An endpoint discriminator (RFC 1990 §5.1.3)."""
    kind = pkt.u8(at + 2)
    if kind == 2:
        if bogus(line, size, 7, exact=True):
            return False
        line.put(b": IPv4 ")
        line.host4(pkt.u32(at + 3))
    elif kind == 3:
        if bogus(line, size, 9, exact=True):
            return False
        line.put(b": MAC ")
        line.ether(pkt, at + 3)
    else:
        line.put({0: b": Null", 1: b": Local", 4: b": Magic-Num-Block", 5: b": PSNDN"}.get(kind)
                 or b": Unknown class %d" % kind)
    return True


HEADER_COMPRESSION, HEADER_COMPRESSION_LENGTH = 0x0061, 14


def write_ipcp(line: Line, pkt: Record, kind: int, at: int, size: int) -> bool:
    if kind == 1:
        if bogus(line, size, 10, exact=True):
            return False
        pkt.raw(at + 2, 8)
        line.put(b": src ")
        line.host4(pkt.u32(at + 2))
        line.put(b", dst ")
        line.host4(pkt.u32(at + 6))
    elif kind == 2:
        if bogus(line, size, 4, exact=False):
            return False
        proto = pkt.u16(at + 2)
        line.put(b": %s (0x%02x):" % (COMPRESSIONS.get(proto, b"Unknown"), proto))
        if proto == HEADER_COMPRESSION:
            if bogus(line, size, HEADER_COMPRESSION_LENGTH, exact=False):
                return False
            write_compression(line, pkt, at, size)
    elif kind in IPCP_OPTIONS:
        if bogus(line, size, 6, exact=True):
            return False
        line.put(b": ")
        line.host4(pkt.u32(at + 2))
    else:
        write_raw(line, pkt, at, size)
    return True


def write_compression(line: Line, pkt: Record, at: int, size: int) -> None:
    """Parameters of IP header compression (RFC 3544 §2)."""
    if not pkt.has(at + 4, 10):
        raise Truncated
    line.put(b"\n\t    TCP Space %d, non-TCP Space %d, maxPeriod %d, maxTime %d, maxHdr %d" % tuple(
        pkt.u16(at + i) for i in (4, 6, 8, 10, 12)))
    rest = size - HEADER_COMPRESSION_LENGTH
    line.put(b"\n\t      Suboptions, length %d" % rest)
    at += HEADER_COMPRESSION_LENGTH
    while rest >= 2:
        kind = pkt.u8(at)
        length = pkt.u8(at + 1)
        if length == 0:
            return
        line.put(b"\n\t\t%s Suboption #%d, length %d" % (
            {1: b"RTP-Compression", 2: b"Enhanced RTP-Compression"}.get(kind, b"Unknown"),
            kind, length))
        if rest < length:
            line.put(b" [remaining suboptions length %d < %d] (invalid)" % (rest, length))
            return
        at += length
        rest -= length


def write_ccp(line: Line, pkt: Record, kind: int, at: int, size: int) -> bool:
    sizes = {21: 3, 24: 4, 26: 4}
    if kind not in sizes:
        write_raw(line, pkt, at, size)
        return True
    if bogus(line, size, sizes[kind], exact=False):
        return False
    first = pkt.u8(at + 2)
    if kind == 21:
        line.put(b": Version: %d, Dictionary Bits: %d" % (first >> 5, first & 31))
    elif kind == 24:
        line.put(b": Features: %d, PxP: %s, History: %d, #CTX-ID: %d" % (
            first >> 6, b"Enabled" if first & 32 else b"Disabled", first & 31, pkt.u8(at + 3)))
    else:
        line.put(b": Window: %dK, Method: %s (0x%x), MBZ: %d, CHK: %d" % (
            first >> 4, b"zlib" if first & 15 == 8 else b"unknown", first & 15,
            pkt.u8(at + 3) >> 2, pkt.u8(at + 3) & 3))
    return True
