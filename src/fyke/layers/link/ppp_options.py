"""Options of PPP's control protocols as values (RFC 1661 §6, 1332 §3, 1877, 5072 §4, 1962)."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, Malformed, dotted, fixed, nothing, raw, whole_number
from fyke.layers.link.ppp_names import BACP, CCP, IPCP, IPV6CP, LCP
from fyke.layers.plain import address
from fyke.wire import Record

IPV4_CLASS, MAC_CLASS = 2, 3  # of endpoint discriminators


class Authentication(NamedTuple):
    """Authentication-Protocol (RFC 1661 §6.2)."""

    proto: int  #: PPP protocol number: 0xC023 PAP, 0xC223 CHAP, 0xC227 EAP …
    algorithm: int | None  #: CHAP's: 5 MD5, 128 and 129 Microsoft's
    data: bytes


class Quality(NamedTuple):
    """Quality-Protocol (RFC 1661 §6.3)."""

    proto: int  #: 0xC025: link quality reports
    data: bytes


class Callback(NamedTuple):
    """Callback (RFC 1570 §2.3)."""

    operation: int
    message: bytes


class Endpoint(NamedTuple):
    """Endpoint-Discriminator (RFC 1990 §5.1.3)."""

    kind: int  #: 2: IPv4 address, 3: Ethernet address …
    value: str | bytes


class Vendor(NamedTuple):
    """Vendor-Specific (RFC 2153 §3.1)."""

    oui: int
    kind: int
    data: bytes


class Compression(NamedTuple):
    """IP-Compression-Protocol (RFC 1332 §3.2, RFC 3544 §2)."""

    proto: int  #: 0x002D Van Jacobson, 0x0061 IP header compression
    data: bytes


class Addresses(NamedTuple):
    """IP-Addresses, which IP-Address came after (RFC 1172 §5.1)."""

    source: str
    destination: str


def read_authentication(pkt: Record, at: int, size: int) -> Authentication:
    proto = pkt.u16(at)
    algorithm = pkt.u8(at + 2) if proto == 0xC223 and size > 2 else None
    return Authentication(proto, algorithm, pkt.raw(at + 2, size - 2))


def read_quality(pkt: Record, at: int, size: int) -> Quality:
    return Quality(pkt.u16(at), pkt.raw(at + 2, size - 2))


def read_callback(pkt: Record, at: int, size: int) -> Callback:
    return Callback(pkt.u8(at), pkt.raw(at + 1, size - 1))


def read_endpoint(pkt: Record, at: int, size: int) -> Endpoint:
    kind = pkt.u8(at)
    octets = pkt.raw(at + 1, size - 1)
    fits = len(octets) == {IPV4_CLASS: 4, MAC_CLASS: 6}.get(kind)
    return Endpoint(kind, address(octets) if fits else octets)


def read_vendor(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.u24(at), pkt.u8(at + 3), pkt.raw(at + 4, size - 4))


def read_compression(pkt: Record, at: int, size: int) -> Compression:
    return Compression(pkt.u16(at), pkt.raw(at + 2, size - 2))


def read_addresses(pkt: Record, at: int, size: int) -> Addresses:
    return Addresses(dotted(pkt, at, 4), dotted(pkt, at + 4, 4))


def read_interface(pkt: Record, at: int, size: int) -> str:
    """An interface identifier, as the last half of an IPv6 address."""
    if size != 8:
        raise Malformed("an interface identifier has 8 octets")
    return ":".join(f"{pkt.u16(one):04x}" for one in range(at, at + 8, 2))


FORMS: dict[int, dict[int, Form]] = {
    LCP: {
        0: Form("vendor_specific", read_vendor, 4), 1: fixed("mru", 2), 2: fixed("accm", 4),
        3: Form("authentication", read_authentication, 2), 4: Form("quality", read_quality, 2),
        5: fixed("magic_number", 4), 7: fixed("pfc", 0, nothing), 8: fixed("acfc", 0, nothing),
        9: fixed("fcs_alternatives", 1), 10: fixed("self_describing_padding", 1),
        11: Form("numbered_mode", raw, 1), 13: Form("callback", read_callback, 1),
        15: fixed("compound_frames", 0, nothing), 17: fixed("mrru", 2),
        18: fixed("short_sequence", 0, nothing), 19: Form("endpoint", read_endpoint, 1),
        20: Form("proprietary", raw), 21: Form("dce_identifier", raw),
        23: fixed("link_discriminator", 2), 24: Form("link_authentication", raw),
        25: Form("cobs", raw), 26: Form("prefix_elision", raw),
        27: Form("multilink_header", raw), 28: Form("internationalization", raw),
        29: fixed("simple_data_link", 0, nothing), 30: Form("multiplexing", raw),
    },
    IPCP: {
        1: fixed("addresses", 8, read_addresses),
        2: Form("compression", read_compression, 2), 3: fixed("address", 4, dotted),
        4: fixed("mobile_home_address", 4, dotted), 129: fixed("primary_dns", 4, dotted),
        130: fixed("primary_nbns", 4, dotted), 131: fixed("secondary_dns", 4, dotted),
        132: fixed("secondary_nbns", 4, dotted),
    },
    IPV6CP: {1: fixed("interface_identifier", 8, read_interface),
             2: Form("compression", read_compression, 2)},
    CCP: {
        0: Form("oui", raw), 1: fixed("predictor_1", 0, nothing),
        2: fixed("predictor_2", 0, nothing), 3: Form("puddle_jumper", raw),
        16: Form("hewlett_packard", raw), 17: Form("stac_lzs", raw),
        18: Form("mppe", whole_number, 4, 4), 19: Form("gandalf", raw),
        20: Form("v42bis", raw), 21: Form("bsd_compress", raw, 1), 23: Form("lzs_dcp", raw),
        24: Form("mvrca", raw, 2), 25: Form("dce", raw), 26: Form("deflate", raw, 2),
    },
    BACP: {1: fixed("favored_peer", 4)},
}
