"""IEEE 802.15.4: low-rate wireless (Zigbee, Thread, 6TiSCH); tcpdump: print-802_15_4.c."""

from __future__ import annotations

from binascii import crc32, crc_hqx

from fyke.layers.fields import U8, Bits, Made, Number
from fyke.layers.hexdump import default_print
from fyke.layers.layer import Layer
from fyke.layers.link.link_header import LinkHeader
from fyke.layers.link.wpan_body import (
    MIC_LENGTHS,
    Stop,
    Walk,
    write_beacon,
    write_command,
    write_security,
)
from fyke.layers.link.wpan_elements import header_elements, payload_elements
from fyke.layers.link.wpan_names import FRAME_TYPES
from fyke.layers.words import INVALID
from fyke.wire import Line, Record, Truncated

BEACON, COMMAND, MULTIPURPOSE = 0, 3, 5
STANDARD = (BEACON, 1, 2, COMMAND)
ENCRYPTED = 4  # security levels from here on hide the payload
#: Bits of the frame control field, and what -vvv calls them.
STANDARD_FLAGS = ((3, b"Security Enabled, "), (4, b"Frame Pending, "), (5, b"AR, "),
                  (6, b"PAN ID Compression, "), (8, b"Sequence Number Suppression, "),
                  (9, b"IE present, "))
MULTIPURPOSE_FLAGS = ((9, b"Security Enabled, "), (11, b"Frame Pending, "), (14, b"AR, "),
                      (8, b"PAN ID Present, "), (10, b"Sequence Number Suppression, "),
                      (15, b"IE present, "))
TAP_SMALLEST = 4  # octets of a TAP header without fields
WIDTHS = (0, -1, 2, 8)  # octets of an address, by its mode; mode 1 is reserved
REFLECTED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


class Wpan(Layer):
    """A frame whose control field says what of sequence number and addresses is there."""

    __slots__ = ()

    name = "wpan"
    tag = b"802.15.4"
    link_layer = True

    control = Number(0, 2, "frame control field", little=True)
    type = Bits(0, 1, 7, "type of frame", names=dict(enumerate(
        name.decode() for name in FRAME_TYPES)))
    version = Bits(1, 1, 0x30, "0 of 2003, 1 of 2006, 2 of 2015")
    security = Made("bool", lambda layer: bool(
        layer.control & (8 if layer.type in STANDARD else 0x200)),
        "an auxiliary security header follows the addresses")
    sequence = Made("u8", lambda layer: layer.part("sequence"), "sequence number")
    destination_pan = Made("u16", lambda layer: layer.part("destination_pan"),
                           "the destination's network")
    destination = Made("bytes", lambda layer: layer.part_reversed("destination"),
                       "two or eight octets in the order they are written")
    source_pan = Made("u16", lambda layer: layer.part("source_pan"), "the source's network")
    source = Made("bytes", lambda layer: layer.part_reversed("source"),
                  "two or eight octets in the order they are written")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.le16(off)  # says whether the header is short

    def part(self, name: str) -> int | None:
        """A number of one or two octets, where it is."""
        at, size = self.place(name)
        if not size:
            return None
        return self.pkt.u8(at) if size == 1 else self.pkt.le16(at)

    def part_reversed(self, name: str) -> bytes | None:
        at, size = self.place(name)
        return self.pkt.raw(at, size)[::-1] if size else None

    def place(self, wanted: str) -> tuple[int, int]:
        """Where a field of the header is, and its octets: 0 if it is not there or cut off."""
        at = self.off + (1 if self.is_brief() else 2)
        for name, size in self.layout().items():
            if name == wanted:
                return (at, size) if size > 0 and self.pkt.has(at, size) else (at, 0)
            at += max(size, 0)
        return at, 0

    def is_brief(self) -> bool:
        """A multipurpose frame with one octet of control."""
        return self.type == MULTIPURPOSE and not self.control & 8

    def layout(self) -> dict[str, int]:
        """Octets of the fields behind the control field; -1 for an address of a reserved mode."""
        control = self.control
        if self.type == MULTIPURPOSE:
            long = bool(control & 8)
            return {"sequence": 0 if long and control & 0x400 else 1,
                    "destination_pan": 2 if long and control & 0x100 else 0,
                    "destination": WIDTHS[control >> 4 & 3], "source_pan": 0,
                    "source": WIDTHS[control >> 6 & 3]}
        if self.type not in STANDARD:
            return {}
        to, source = WIDTHS[control >> 10 & 3], WIDTHS[control >> 14 & 3]
        to_pan, source_pan = self.networks(to, source)
        return {"sequence": 0 if control & 0x100 else 1, "destination_pan": 2 if to_pan else 0,
                "destination": to, "source_pan": 2 if source_pan else 0, "source": source}

    def networks(self, to: int, source: int) -> tuple[bool, bool]:
        """Which network identifiers are there, by the octets of the addresses (7.2.1.5)."""
        compressed = bool(self.control & 0x40)
        if self.version < 2:
            return to > 0, source > 0 and not compressed
        if compressed:
            if to == 0 and source == 0:
                return True, False
            return to > 0 and source > 0 and not to == source == 8, False
        # 6TiSCH leaves out the source's network before a short destination, too
        return to > 0, source > 0 and not (source == 8 and to in (2, 8))

    def write(self, line: Line) -> None:
        if self.pkt.end - self.off < 2:
            line.link_header(self.pkt.end)
            raise Truncated
        line.put(b"IEEE 802.15.4 %s packet " % FRAME_TYPES[self.type])
        walk = Walk(line, self.pkt, self.off, self.pkt.end - self.off)
        try:
            if self.type in STANDARD:
                self.write_standard(walk)
            elif self.type == MULTIPURPOSE:
                self.write_multipurpose(walk)
            else:
                return
        except Stop:
            return
        line.link_header(self.off + 1)  # tcpdump's idea of the header's length

    def write_standard(self, walk: Walk) -> None:
        line, pkt, control = walk.line, walk.pkt, self.control
        sums = self.take_check(walk, 4, 4)
        line.put(b"v%d " % self.version)
        self.write_flags(line, STANDARD_FLAGS)
        if control & 0x100:
            if self.version < 2:
                line.put(b"[ERROR: Sequence number suppressed on frames where version < 2]")
            if line.style.verbose:
                line.put(b"seq suppressed ")
            self.take(walk, 2)
        else:
            self.write_sequence(line, pkt.u8(self.off + 2))
            self.take(walk, 3)
        layout = self.layout()
        self.check_modes(line, layout)
        if self.version < 2 and control & 0x40 and not (
                layout["destination"] and layout["source"]):
            line.put(b"[ERROR: PAN ID Compression != 0, and only one address with frame version "
                     b"< 2]")
        write_address(walk, layout["destination_pan"], layout["destination"])
        line.put(b" < ")
        write_address(walk, layout["source_pan"], layout["source"])
        line.char(32)
        self.write_middle(walk, bool(control & 0x200), sums)
        if self.type == BEACON and self.version < 2:
            write_beacon(walk)
        elif self.type == COMMAND:
            write_command(walk)
        default_print(line, pkt, walk.at, walk.left)

    def write_multipurpose(self, walk: Walk) -> None:
        line, pkt, control = walk.line, walk.pkt, self.control
        sums = self.take_check(walk, 3, 5)
        if self.is_brief():
            sequence = pkt.u8(self.off + 1)
            walk.skip(2)
            walk.left &= 0xFFFFFFFF  # reads end with the capture
            self.write_sequence(line, sequence)
        else:
            line.put(b"v%d " % self.version)
            self.write_flags(line, MULTIPURPOSE_FLAGS)
            if control & 0x400:
                self.take(walk, 2)
            else:
                self.write_sequence(line, pkt.u8(self.off + 2))
                self.take(walk, 3)
        layout = self.layout()
        self.check_modes(line, layout)
        write_address(walk, layout["destination_pan"], layout["destination"])
        line.put(b" <  ")
        write_address(walk, 0, layout["source"])
        line.char(32)
        self.write_middle(walk, bool(control & 8 and control & 0x8000), sums)
        default_print(line, pkt, walk.at, walk.left)

    def take_check(self, walk: Walk, least: int, least32: int) -> tuple[int, int]:
        """Leaves out the frame's check sum of four or two octets if it is right.

        The one found, and the one it should be.
        """
        octets = self.pkt.raw(walk.at, walk.left)
        if walk.left < least:
            return 0, 0
        if walk.left >= least32:
            found = int.from_bytes(octets[-4:], "little")
            right = crc32(octets[:-4], 0xFFFFFFFF) ^ 0xFFFFFFFF
            if found == right:
                walk.left -= 4
                return found, right
        found = int.from_bytes(octets[-2:], "little")
        right = crc_hqx(octets[:-2].translate(REFLECTED), 0)
        right = REFLECTED[right & 0xFF] << 8 | REFLECTED[right >> 8]
        if found == right:
            walk.left -= 2
        return found, right

    def take(self, walk: Walk, count: int) -> None:
        if walk.left < count:
            raise Truncated
        walk.skip(count)

    def write_flags(self, line: Line, flags: tuple[tuple[int, bytes], ...]) -> None:
        if line.style.verbose > 2:
            for bit, name in flags:
                if self.control >> bit & 1:
                    line.put(name)

    def write_sequence(self, line: Line, sequence: int) -> None:
        if line.style.verbose:
            line.put(b"seq %02x " % sequence)

    def check_modes(self, line: Line, layout: dict[str, int]) -> None:
        for name, word in (("source", b"src"), ("destination", b"dst")):
            if layout[name] < 0:
                line.put(b"[ERROR: Invalid %s address mode]" % word)
                raise Stop

    def write_middle(self, walk: Walk, has_elements: bool, sums: tuple[int, int]) -> None:
        """From the security header to the check sum."""
        line = walk.line
        level = write_security(walk) if self.security and not self.is_brief() else 0
        size = MIC_LENGTHS[level & 3]
        if size:
            walk.need(size, b"MIC")
            walk.left -= size
        mic = walk.at + walk.left
        if has_elements and header_elements(walk):
            if level >= ENCRYPTED:
                line.put(b"Payload IEs present, but encrypted, cannot print ")
            else:
                payload_elements(walk)
        if line.style.verbose > 2:
            if size:
                line.put(b"\n\tMIC ")
                line.hex_string(walk.pkt, mic, size)
                line.char(32)
            if sums[0] == sums[1]:
                line.put(b"FCS %x " % sums[0])
            else:
                line.put(b"wrong FCS %x vs %x (assume no FCS stored) " % sums)


def write_address(walk: Walk, network: int, size: int) -> None:
    """Network and address, of so many octets."""
    line = walk.line
    if network:
        walk.need(2, b"dst_pan")
        line.put(b"%04x:" % walk.pkt.le16(walk.at))
        walk.skip(2)
    else:
        line.put(b"-:")
    walk.need(size, b"dst_addr")
    walk.address(walk.at, size)
    walk.skip(size)


class WpanTap(LinkHeader):
    """A header of type-length-value fields before the frame (LINKTYPE_IEEE802_15_4_TAP)."""

    __slots__ = ()

    name = "wpan-tap"
    tag = b"802.15.4_tap"

    version = U8(0, "0")

    def parse(self, pkt: Record, off: int) -> None:
        self.head = pkt.le16(off + 2)

    def write(self, line: Line) -> None:
        if self.short:
            self.cut(line)
        if self.upper() is None:
            line.put(INVALID)
        elif not self.pkt.has(self.off, self.head):
            self.cut(line)
        else:
            line.link_header(self.off + self.head)

    def upper(self) -> type[Layer] | None:
        """The frame, if the header is of the one version that there is, and long enough."""
        fits = self.head >= TAP_SMALLEST
        return Wpan if self.version == 0 and fits else None
