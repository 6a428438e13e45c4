"""Bidirectional Forwarding Detection (RFC 5880, RFC 7880 seamless); tcpdump: print-bfd.c."""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.layers.fields import Made
from fyke.layers.hexdump import print_unknown_data
from fyke.layers.layer import Layer
from fyke.layers.words import bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 24
CONTROL, ECHO, MULTIHOP, LAG, SEAMLESS = 3784, 3785, 4784, 6784, 7784  # UDP ports
HAS_AUTHENTICATION = 0x04
PORT_NAMES = {CONTROL: b"Control", MULTIHOP: b"Multihop", LAG: b"Lag", SEAMLESS: b"S-BFD"}
STATE_NAMES = {0: b"AdminDown", 1: b"Down", 2: b"Init", 3: b"Up"}
DIAGNOSTIC_NAMES = {
    0: b"No Diagnostic", 1: b"Control Detection Time Expired", 2: b"Echo Function Failed",
    3: b"Neighbor Signaled Session Down", 4: b"Forwarding Plane Reset", 5: b"Path Down",
    6: b"Concatenated Path Down", 7: b"Administratively Down",
    8: b"Reverse Concatenated Path Down",
}
FLAGS_0 = ((0x80, b"I Hear You"), (0x40, b"Demand"), (0x20, b"Poll"), (0x10, b"Final"),
           (0x08, b"Control Plane Independent"), (0x04, b"Authentication Present"),
           (0x02, b"Reserved"), (0x01, b"Reserved"))
FLAGS_1 = ((0x20, b"Poll"), (0x10, b"Final"), (0x08, b"Control Plane Independent"),
           (0x04, b"Authentication Present"), (0x02, b"Demand"), (0x01, b"Multipoint"))
PASSWORD = 1
AUTHENTICATION_NAMES = {PASSWORD: b"Simple Password", 2: b"Keyed MD5",
                        3: b"Meticulous Keyed MD5", 4: b"Keyed SHA1",
                        5: b"Meticulous Keyed SHA1"}
#: Authentication type: octets of the whole section, and what its last part is called.
DIGESTS = {2: (24, b"Digest"), 3: (24, b"Digest"), 4: (28, b"Hash"), 5: (28, b"Hash")}


class BfdAuthentication(NamedTuple):
    """The authentication section (RFC 5880 §4.1)."""

    type: int
    length: int
    key_id: int
    sequence: int | None
    data: str  #: password or digest, hexadecimal


def authentication_of(bfd: Bfd) -> BfdAuthentication | None:
    """None if the flag says that there is none, or its length cannot be."""
    if bfd.echo or not bfd.flags & HAS_AUTHENTICATION:
        return None
    pkt, at = bfd.pkt, bfd.off + HEADER_LENGTH
    kind, length, key = pkt.u8(at), pkt.u8(at + 1), pkt.u8(at + 2)
    if kind == PASSWORD and length >= 4:
        return BfdAuthentication(kind, length, key, None, pkt.raw(at + 3, length - 3).hex())
    if kind in DIGESTS and length == DIGESTS[kind][0]:
        return BfdAuthentication(kind, length, key, pkt.u32(at + 4),
                                 pkt.raw(at + 8, length - 8).hex())
    return None


def in_control(read: Callable[[Record, int], Any]) -> Callable[[Bfd], Any]:
    """Reads a field of a control packet; an echo packet has none."""
    def field(bfd: Bfd) -> Any:
        return None if bfd.echo else read(bfd.pkt, bfd.off)
    return field


class Bfd(Layer):
    """A control packet; an echo packet is whatever its sender likes."""

    __slots__ = ("port",)

    port: int  #: which kind of BFD this is

    name = "bfd"
    tag = b"bfd"

    echo = Made("bool", lambda bfd: bfd.port not in PORT_NAMES, "an echo packet, with no fields")
    version = Made("u8", in_control(lambda pkt, off: pkt.u8(off) >> 5))
    diagnostic = Made("u8", in_control(lambda pkt, off: pkt.u8(off) & 0x1F), "why it went down",
                      names={code: name.decode() for code, name in DIAGNOSTIC_NAMES.items()})
    state = Made("u8", in_control(lambda pkt, off: pkt.u8(off + 1) >> 6), "of the session",
                 names={code: name.decode() for code, name in STATE_NAMES.items()})
    flags = Made("u8", in_control(lambda pkt, off: pkt.u8(off + 1)),
                 "state in the top two bits; 0x20 poll, 0x10 final, 0x08 control plane "
                 "independent, 0x04 authentication, 0x02 demand, 0x01 multipoint")
    detect_multiplier = Made("u8", in_control(lambda pkt, off: pkt.u8(off + 2)),
                             "packets that may be missing")
    length = Made("u8", in_control(lambda pkt, off: pkt.u8(off + 3)), unit="bytes")
    my_discriminator = Made("u32", in_control(lambda pkt, off: pkt.u32(off + 4)))
    your_discriminator = Made("u32", in_control(lambda pkt, off: pkt.u32(off + 8)))
    desired_min_tx = Made("u32", in_control(lambda pkt, off: pkt.u32(off + 12)), unit="µs")
    required_min_rx = Made("u32", in_control(lambda pkt, off: pkt.u32(off + 16)), unit="µs")
    required_min_echo = Made("u32", in_control(lambda pkt, off: pkt.u32(off + 20)), unit="µs")
    authentication = Made("any", authentication_of, "password or digest (RFC 5880 §4.2 to §4.4)")

    def parse(self, pkt: Record, off: int) -> None:
        udp = self.below
        self.port = CONTROL
        if udp is not None:
            self.port = SEAMLESS if udp.src_port == SEAMLESS else udp.dst_port
        if self.port in PORT_NAMES:
            pkt.u32(off + HEADER_LENGTH - 4)

    def write(self, line: Line) -> None:
        if self.port not in PORT_NAMES:
            line.put(b"BFD, Echo, length: %d" % self.size)
            if line.style.verbose:
                print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)
            return
        if not self.pkt.has(self.off, HEADER_LENGTH):
            raise Truncated
        if self.version > 1:
            line.put(b"BFDv%d, Control, length: %d" % (self.version, self.size))
            if line.style.verbose:
                print_unknown_data(line, self.pkt, self.off, b"\n\t", self.size)
            return
        what = self.summary()
        if not line.style.verbose:
            line.put(b"BFDv%d, %s, length: %d" % (self.version, what, self.size))
            return
        line.put(b"BFDv%d, length: %d\n\t%s, Diagnostic: %s (0x%02x)" % (
            self.version, self.size, what,
            named(DIAGNOSTIC_NAMES, self.diagnostic, b"unknown"), self.diagnostic))
        self.write_rest(line)

    def summary(self) -> bytes:
        if self.version == 0:
            return b"Control, Flags: [%s]" % bit_words(FLAGS_0, self.flags)
        return b"%s, State %s, Flags: [%s]" % (
            PORT_NAMES[self.port], STATE_NAMES[self.flags >> 6], bit_words(FLAGS_1, self.flags))

    def write_rest(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        interval = pkt.u32(off + 12)
        line.put(b"\n\tDetection Timer Multiplier: %d (%d ms Detection time), BFD Length: %d" % (
            self.detect_multiplier, (self.detect_multiplier * interval & 0xFFFFFFFF) // 1000,
            pkt.u8(off + 3)))
        line.put(b"\n\tMy Discriminator: 0x%08x, Your Discriminator: 0x%08x" % (
            self.my_discriminator, self.your_discriminator))
        line.put(b"\n\t  Desired min Tx Interval:    %4d ms" % (interval // 1000))
        line.put(b"\n\t  Required min Rx Interval:   %4d ms" % (pkt.u32(off + 16) // 1000))
        line.put(b"\n\t  Required min Echo Interval: %4d ms" % (pkt.u32(off + 20) // 1000))
        if self.flags & HAS_AUTHENTICATION:
            write_authentication(line, pkt, off + HEADER_LENGTH)


def write_authentication(line: Line, pkt: Record, off: int) -> None:
    if not pkt.has(off, 4):
        raise Truncated
    kind = pkt.u8(off)
    length = pkt.u8(off + 1)
    line.put(b"\n\tAuthentication: %s (%d), length: %d\n\t  Auth Key ID: %d" % (
        named(AUTHENTICATION_NAMES, kind, b"Unknown"), kind, length, pkt.u8(off + 2)))
    if kind == PASSWORD:
        if not 4 <= length <= 19:
            line.put(b"[invalid length %d]" % length)
            return
        line.put(b", Password: ")
        line.escaped(pkt, off + 3, length - 3)
    elif kind in DIGESTS:
        wanted, label = DIGESTS[kind]
        if length != wanted:
            line.put(b"[invalid length %d]" % length)
            return
        line.put(b", Sequence Number: 0x%08x" % pkt.u32(off + 4))
        if not pkt.has(off + 8, wanted - 8):
            raise Truncated
        line.put(b"\n\t  %s: " % label)
        line.hex_string(pkt, off + 8, wanted - 8)
