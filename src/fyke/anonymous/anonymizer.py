"""Room anonymous/: addresses replaced, payloads emptied, checksums mended.

Link-layer headers, and packets without IP, are changed by what the layers' fields say (by_fields).
From IP on all is known here: addresses, extension headers, options, tunnels (IP in IP, GRE), the
packets that ICMP errors quote, neighbour discovery. What application protocols say is emptied
unless it is asked for. A checksum that was right is right afterwards, one that was wrong stays
wrong by the same difference.
"""

from __future__ import annotations

from fyke.anonymous import places
from fyke.anonymous.by_fields import anonymous
from fyke.anonymous.gathered import Gathered
from fyke.anonymous.ip import ICMP, ICMP6, IPV4, IPV6, SCTP, TCP, UDP, Ip, ip
from fyke.anonymous.prefixes import Addresses
from fyke.errors import UsageError
from fyke.files.checksums import adjust, crc32c_difference, total
from fyke.files.limits import is_cut_to_snaplen
from fyke.files.pcapng_options import Interface
from fyke.hints import Any
from fyke.layers.layer import Layer, layers_of
from fyke.source import Source
from fyke.wire import Record

GRE = 47
#: Flags of GRE: that there is a checksum, routes; that there are four octets more, for each.
GRE_CHECKSUM, GRE_ROUTES = 0x8000, 0x4000
GRE_FIELDS = (GRE_CHECKSUM, 0x2000, 0x1000, 0x0080)
TUNNELS = {4: IPV4, 41: IPV6}
ICMP_ERRORS = (3, 4, 5, 11, 12)
ICMP6_ERRORS = (1, 2, 3, 4)
NEIGHBOUR_DISCOVERY = {133: 8, 134: 16, 135: 24, 136: 24, 137: 40}  # options begin there
REDIRECT = 137
#: Octets of IPv6 extension headers that name nobody: all of fragments' and authentication's, the
#: numbers in front of routing's and mobility's; of the others the next header and the length.
ALL = 1 << 16
EXTENSION_KEPT = {44: ALL, 51: ALL, 43: 4, 135: 4, 62: 4}
CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMP6: 2}
SCTP_HEADER = 12
TCP_PADDING = 1
TCP_OPTIONS = (2, 3, 4, 5, 8)  # segment size, window, selective acknowledgement, time stamps
MAX_DEPTH = 8  # packets within packets

ETHERNET = 1  # link type
ETHERNET_HEADER = 14
VLAN = 0x8100  # EtherType of a tag of four octets

#: Pairs of addresses, and headers, whose replacements are remembered.
MAX_PAIRS = 1 << 16

PAYLOADS = ("zero", "cut", "keep")


def u16(data: bytes | bytearray, at: int) -> int:
    """Two octets, big endian; -1 if they are not there."""
    return data[at] << 8 | data[at + 1] if at >= 0 and at + 2 <= len(data) else -1


class Anonymizer:
    """Replaces what identifies somebody in packets, one-to-one under a key.

    ``payload``: "zero" (emptied), "cut" (not captured) or "keep". ``not_understood`` counts the
    packets of which nothing but the link header was known: all the rest of them is payload.
    ``not_mended`` counts the checksums that could not be: those in the first fragment of a
    datagram whose others are unknown and were emptied.
    """

    def __init__(self, key: bytes, payload: str = "zero") -> None:
        if payload not in PAYLOADS:
            raise UsageError(f"unknown payload {payload!r}: one of {', '.join(PAYLOADS)}")
        self.addresses = Addresses(key)
        self.payload = payload
        self.packets = 0
        self.not_understood = 0
        self.not_mended = 0
        self.understood = True
        self.quoted = False
        self.later_sum: int | None = None
        self.macs: dict[bytes, bytes] = {}  #: by the old pair: the new one
        #: by kind, link type and old header: the new one
        self.heads: dict[tuple[type[Layer], int, bytes], bytes] = {}
        self.packet = Record(b"")  #: as it was
        self.pairs: dict[bytes, tuple[bytes, int, int]] = {}  #: by the old: the new, both sums

    def change(self, packet: Record, later_sum: int | None = None,
               found: places.Found | None = None) -> None:
        """Make the packet anonymous: it is then on octets of its own.

        ``later_sum`` is for the first fragment of a datagram, ``found`` the first network header
        if that is known (gathered.Gathered has both).
        """
        self.later_sum = later_sum
        self.quoted = False
        data = bytearray(packet.raw(0, packet.caplen))
        wirelen, time = packet.wirelen, packet.time
        self.understood = True
        self.packet = packet
        end = self.link(data, found or places.first(packet))
        if self.payload == "cut":
            del data[end:]
        packet.hold(bytes(data))
        packet.wirelen = wirelen
        packet.time = time
        packet.meta = None  # comments and hashes tell what was there
        self.packets += 1
        if not self.understood:
            self.not_understood += 1

    def link(self, data: bytearray, first: places.Found) -> int:
        """Everything from the link header on; returns where the payload begins."""
        at, found = first
        if found is not None and self.packet.link_type == ETHERNET and (
                at == ETHERNET_HEADER or (at == ETHERNET_HEADER + 4 and u16(data, 12) == VLAN)):
            self.ethernet(data, 0)  # what comes most often
            return self.network(data, found, 0)
        layers = layers_of(self.packet)
        if found is None:
            self.understood = bool(layers) and not (
                layers[-1].is_link and layers[-1].payload_length > 0)
            return self.empty(data, self.by_fields(data, layers))
        self.by_fields(data, [layer for layer in layers if layer.off < at])
        if places.first(Record(bytes(data), self.packet.link_type))[0] != at:
            self.understood = False  # what leads to the packet could not be told from the rest
            return self.empty(data, at)
        return self.network(data, found, 0)

    def by_fields(self, data: bytearray, layers: list[Layer]) -> int:
        """Headers as their fields say; returns where the last of them ends."""
        at = 0
        for layer in layers:
            old = layer.header
            stop = layer.off + len(old)
            if layer.off < at or stop > len(data):
                continue  # inside another's header, which is done
            key = type(layer), layer.pkt.link_type, old
            new = self.heads.get(key)
            if new is None:
                if len(self.heads) >= MAX_PAIRS:
                    self.heads.clear()
                new = self.heads[key] = anonymous(layer, old, self.addresses)
            data[layer.off:stop] = new
            at = stop
        return at

    def network(self, data: bytearray, found: Ip | None, depth: int, at: int = 0) -> int:
        """An IP header and what is in it; of none all from ``at`` on is payload.

        Returns where the payload begins.
        """
        if found is None or depth > MAX_DEPTH:
            return self.empty(data, at if found is None else found.at)
        summed = found.proto in CHECKSUM_AT and found.first
        before = self.covered(data, found) if summed else 0
        chunks = b""
        if found.proto == SCTP and found.first:
            chunks = bytes(data[found.payload:found.end])
        old, new = self.ends(data, found)
        if found.version == 4:
            adjust(data, found.at + 10, old, new)
            self.header_options(data, found)
        self.extensions(data, found)
        end = self.transport(data, found, depth)
        if summed:
            self.mend(data, found, before, depth)
        elif chunks:
            self.mend_sctp(data, found, chunks)
        if found.end < len(data):
            self.empty(data, found.end)  # trailers and padding hide things
        return end

    def ends(self, data: bytearray, found: Ip) -> tuple[int, int]:
        """Replace source and target; the sums of both before and after."""
        stop = found.source + 2 * found.size
        old = bytes(data[found.source:stop])
        known = self.pairs.get(old)
        if known is None:
            if len(self.pairs) >= MAX_PAIRS:
                self.pairs.clear()
            new = self.addresses.ip(old[:found.size]) + self.addresses.ip(old[found.size:])
            known = self.pairs[old] = new, total(old), total(new)
        data[found.source:stop] = known[0]
        return known[1:]

    def header_options(self, data: bytearray, found: Ip) -> None:
        """IPv4 options hold routes: all but their end marks are made no-operations."""
        stop = min(found.payload, len(data))
        if stop <= found.at + 20:
            return
        adjust(data, found.at + 10, total(data[found.at + 20:stop]),
               total(b"\x01" * (stop - found.at - 20)))
        data[found.at + 20:stop] = b"\x01" * (stop - found.at - 20)

    def extensions(self, data: bytearray, found: Ip) -> None:
        """IPv6 extension headers: routes are replaced, options made padding (RFC 8200)."""
        for kind, start, stop, addresses in found.extensions:
            stop = min(stop, found.end)
            spot = start + EXTENSION_KEPT.get(kind, 2)
            if addresses:
                spot = start + 8
                for _ in range(addresses):
                    self.ip(data, spot, found.size)
                    spot += found.size
            if spot < stop:
                data[spot:stop] = bytes(stop - spot)

    def transport(self, data: bytearray, found: Ip, depth: int) -> int:
        """What IP carries; returns where the payload begins."""
        at = found.payload
        if not found.first or at >= found.end:
            return self.empty(data, at)
        if found.proto in TUNNELS:
            return self.inner(data, TUNNELS[found.proto], at, depth)
        if found.proto == GRE:
            return self.gre(data, at, found.end, depth)
        if found.proto == TCP and at + 20 <= found.end:
            stop = min(at + 4 * max(5, data[at + 12] >> 4), found.end)
            self.tcp_options(data, at + 20, stop)
            return self.empty(data, stop)
        if found.proto == SCTP and at + SCTP_HEADER <= found.end:
            return self.empty(data, at + SCTP_HEADER)
        if found.proto == UDP:
            return self.empty(data, at + 8)
        if found.proto == ICMP:
            return self.icmp(data, at, ICMP_ERRORS, IPV4, depth)
        if found.proto == ICMP6:
            if data[at] in NEIGHBOUR_DISCOVERY:
                return self.neighbours(data, at, found.end)
            return self.icmp(data, at, ICMP6_ERRORS, IPV6, depth)
        return self.empty(data, at)

    def tcp_options(self, data: bytearray, at: int, stop: int) -> None:
        """TCP options hold addresses (RFC 8684), cookies, signatures: those become padding."""
        while at < stop:
            kind, left = data[at], stop - at
            if kind == TCP_PADDING:
                at += 1
                continue
            size = data[at + 1] if kind and left > 1 and 2 <= data[at + 1] <= left else left
            if kind not in TCP_OPTIONS:
                data[at:at + size] = bytes((TCP_PADDING,)) * size
            at += size

    def icmp(self, data: bytearray, at: int, errors: tuple[int, ...], kind: int,
             depth: int) -> int:
        """An ICMP message; the packet that an error quotes is one more packet."""
        if data[at] == 5 and kind == IPV4:
            self.ip(data, at + 4, 4)  # redirect: the gateway
        if data[at] in errors:
            self.quoted = True
            return self.inner(data, kind, at + 8, depth)
        return self.empty(data, at + 8)

    def inner(self, data: bytearray, kind: int, at: int, depth: int) -> int:
        """A packet in a packet: whole, or quoted."""
        at = min(at, len(data))
        return self.network(data, ip(self.packet, kind, at), depth + 1, at)

    def neighbours(self, data: bytearray, at: int, end: int) -> int:
        """Neighbour discovery: targets, destinations, link-layer addresses, prefixes (RFC 4861)."""
        kind = data[at]
        if kind in (135, 136, REDIRECT):
            self.ip(data, at + 8, 16)
        if kind == REDIRECT:
            self.ip(data, at + 24, 16)
        spot = at + NEIGHBOUR_DISCOVERY[kind]
        while spot + 8 <= end:
            size = 8 * data[spot + 1]
            if size == 0 or spot + size > end:
                break
            if data[spot] in (1, 2) and size == 8:
                self.mac(data, spot + 2)
            elif data[spot] == 3 and size == 32:
                self.ip(data, spot + 16, 16)
            elif data[spot] != 5:  # the MTU is nobody's
                data[spot + 2:spot + size] = bytes(size - 2)
            spot += size
        return self.empty(data, spot)

    def gre(self, data: bytearray, at: int, end: int, depth: int) -> int:
        """GRE (RFC 2784, RFC 2890, RFC 2637), up to ``end``: the packet in it, or what it is.

        Its own header has nothing but numbers, except for routes (RFC 1701).
        """
        flags = u16(data, at)
        if flags < 0:
            return self.empty(data, at)
        before = total(data[at:end])
        kind, inner = places.behind(self.packet, at)
        own = at if flags & GRE_ROUTES else at + 1
        above = [layer for layer in layers_of(self.packet)
                 if layer.off >= own and (layer.off < inner or not kind)]
        start = self.by_fields(data, above) or at + 4 + 4 * sum(
            bool(flags & bit) for bit in GRE_FIELDS)
        if kind and inner < end:
            start = self.inner(data, kind, inner, depth)
        else:
            self.empty(data, start)
        if flags & GRE_CHECKSUM:
            adjust(data, at + 4, before, total(data[at:end]))
        return start

    def ethernet(self, data: bytearray, at: int) -> None:
        """Replace both addresses of an Ethernet header."""
        old = bytes(data[at:at + 12])
        new = self.macs.get(old)
        if new is None:
            if len(self.macs) >= MAX_PAIRS:
                self.macs.clear()
            both = bytearray(old)
            self.mac(both, 0)
            self.mac(both, 6)
            new = self.macs[old] = bytes(both)
        data[at:at + len(old)] = new

    def mac(self, data: bytearray, at: int) -> None:
        """Replace a MAC address, or empty what is left of a cut one."""
        self.replace(data, at, 6, self.addresses.mac.map)

    def ip(self, data: bytearray, at: int, size: int) -> None:
        """Replace an IP address, or empty what is left of a cut one."""
        self.replace(data, at, size, self.addresses.ip)

    @staticmethod
    def replace(data: bytearray, at: int, size: int, how: object) -> None:
        old = bytes(data[at:at + size])
        data[at:at + len(old)] = how(old) if len(old) == size else bytes(len(old))  # type: ignore

    def empty(self, data: bytearray, at: int) -> int:
        """The payload from ``at`` on; returns ``at``, within the packet."""
        at = min(at, len(data))
        if self.payload != "keep":
            data[at:] = bytes(len(data) - at)
        return at

    @staticmethod
    def covered(data: bytearray, found: Ip) -> int:
        """The sum of what the transport checksum covers and may change, itself included.

        Of the pseudo header that is the addresses; ICMP over IPv4 has none.
        """
        if found.proto == ICMP:
            return total(data[found.payload:found.end])
        if found.payload == found.final + found.size and found.final == found.target:
            return total(data[found.source:found.end])
        return total(data[found.source:found.source + found.size]
                     + data[found.final:found.final + found.size]
                     + data[found.payload:found.end])

    def mend(self, data: bytearray, found: Ip, before: int, depth: int) -> None:
        """Bring the transport checksum in line with what was changed."""
        place = found.payload + CHECKSUM_AT[found.proto]
        if place + 2 > found.end or (found.proto == UDP and u16(data, place) == 0):
            return
        adjust(data, place, before, self.covered(data, found))
        none = False
        if found.more and self.payload != "keep":  # the others were emptied too
            if depth == 0 and self.later_sum is not None:
                adjust(data, place, self.later_sum, 0)
            elif found.proto == UDP and found.version == 4:
                none = True  # RFC 768: zero, none
            elif not self.quoted:
                self.not_mended += 1
        if none:
            data[place:place + 2] = bytes(2)
        elif found.proto == UDP and u16(data, place) == 0:
            data[place:place + 2] = b"\xff\xff"

    def mend_sctp(self, data: bytearray, found: Ip, before: bytes) -> None:
        """The same for SCTP's CRC, which covers no addresses (RFC 9260, section 6.8)."""
        after = bytes(data[found.payload:found.end])
        place = found.payload + 8
        if len(after) < SCTP_HEADER or after == before:
            return
        if found.more and not self.quoted:
            self.not_mended += 1
        value = int.from_bytes(data[place:place + 4], "little") ^ crc32c_difference(before, after)
        data[place:place + 4] = value.to_bytes(4, "little")


class Anonymous(Source):
    """The packets of ``source``, changed by ``anonymizer``; of interfaces, nothing but the kind."""

    def __init__(self, source: Any, anonymizer: Anonymizer) -> None:
        self.source = source
        self.gathered = Gathered(source)
        self.anonymizer = anonymizer
        self.format = source.format
        self.link_type = source.link_type
        self.snaplen = source.snaplen
        self.cut_to_snaplen = is_cut_to_snaplen(source)
        self.nanoseconds = source.nanoseconds
        self.fcs_length = source.fcs_length
        self.interfaces: list[Interface] = []
        self.describe()

    def describe(self) -> None:
        """The interfaces that the source has come to know since."""
        for one in self.source.interfaces[len(self.interfaces):]:
            self.interfaces.append(Interface(one.link_type, one.snaplen))

    def next(self, packet: Record) -> bool:
        if not self.gathered.next(packet):
            return False
        self.describe()
        self.anonymizer.change(packet, self.gathered.later_sum, self.gathered.found)
        return True

    def close(self) -> None:
        self.source.close()
