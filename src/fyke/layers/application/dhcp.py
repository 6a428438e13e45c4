"""Dynamic Host Configuration Protocol and BOOTP (RFC 2131, RFC 2132); tcpdump: print-bootp.c."""

from __future__ import annotations

from fyke.hints import Any, Callable
from fyke.layers.application.dhcp_options import (
    AGENT_NAMES,
    FQDN_FLAGS,
    HARDWARE_NAMES,
    MESSAGE_NAMES,
    NODE_NAMES,
    OPTIONS,
    OVERLOAD_NAMES,
)
from fyke.layers.application.dhcp_values import IN_FILE, IN_SERVER_NAME, options_of
from fyke.layers.fields import (
    U8,
    U16,
    U32,
    Flags,
    Ip4,
    Listed,
    Made,
    Renamed,
    text_of,
)
from fyke.layers.hexdump import hex_print
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, bit_words, named, signed
from fyke.wire import Line, Record, Truncated

REQUEST, REPLY = 1, 2
ETHERNET = 1  # hardware type
BROADCAST = 0x8000  # flag
HARDWARE, HARDWARE_SIZE = 28, 16  # the client's hardware address
VENDOR_OFF = 236  # where the options begin
RFC1048_COOKIE = 0x63825363
CMU_COOKIE = 0x434D5500  # "CMU" and a zero: Carnegie Mellon's own form
PAD, END, OVERLOAD, MESSAGE_TYPE, PARAMETERS = 0, 255, 52, 53, 55


def value(dhcp: Dhcp, code: int) -> Any:
    """An option's value; None if the message has no such option."""
    for one in dhcp.options:
        if one.kind == code:
            return one.value
    return None


def message_type(dhcp: Dhcp) -> int | None:
    found = value(dhcp, MESSAGE_TYPE)
    return found if isinstance(found, int) else None


def client_hardware(dhcp: Dhcp) -> bytes:
    return dhcp.pkt.raw(dhcp.off + HARDWARE, min(dhcp.hardware_length, HARDWARE_SIZE))


def client_mac(dhcp: Dhcp) -> bytes | None:
    """Also of hardware types whose addresses look the same (802.11: 6)."""
    return dhcp.pkt.raw(dhcp.off + HARDWARE, 6) if dhcp.hardware_length == 6 else None


def plain_text(at: int, size: int, bit: int) -> Callable[[Dhcp], str | None]:
    """Reads a field of text; None where options are in it (RFC 2132 §9.3)."""
    def read(dhcp: Dhcp) -> str | None:
        overload = value(dhcp, OVERLOAD)
        if isinstance(overload, int) and overload & bit:
            return None
        return text_of(dhcp.pkt.raw(dhcp.off + at, size))
    return read


class Dhcp(Layer):
    """A BOOTP header of fixed size, then DHCP's options."""

    __slots__ = ()

    name = "dhcp"
    tag = b"bootp"

    op = U8(0, "1 from a client, 2 from a server", names={REQUEST: "request", REPLY: "reply"})
    hardware_type = U8(1, "1 is Ethernet (ARP's numbers)")
    hardware_length = U8(2, "of a hardware address", unit="bytes")
    hops = U8(3, "relay agents passed")
    xid = U32(4, "transaction identifier")
    secs = U16(8, "since the client began", unit="s")
    flags = Flags(10, 2, 0xFFFF, "B: answer by broadcast", {BROADCAST: "B"})
    client_ip = Ip4(12, "the client's address, if it has one (ciaddr)")
    your_ip = Ip4(16, "the address that the client gets (yiaddr)")
    server_ip = Ip4(20, "the next server to ask (siaddr)")
    gateway_ip = Ip4(24, "the first relay agent (giaddr)")
    client_hardware = Made("bytes", client_hardware, "the client's hardware address (chaddr)")
    client_mac = Made("mac", client_mac, "the same, if it has 6 octets")
    server_name = Made("text", plain_text(44, 64, IN_SERVER_NAME),
                       "the server's name (sname); none if options are there")
    boot_file = Made("text", plain_text(108, 128, IN_FILE),
                     "the file to boot (file); none if options are there")
    message_type = Made("u8", message_type, "kind of DHCP message, none in BOOTP",
                        names={code: name.decode() for code, name in MESSAGE_NAMES.items()})
    options = Listed(lambda dhcp: options_of(dhcp.pkt, dhcp.off, dhcp.size),
                     "every option, by name (RFC 2132 and later)", keyed=True)
    seconds = Renamed("secs")

    def parse(self, pkt: Record, off: int) -> None:
        if not pkt.has(off, VENDOR_OFF):
            raise Truncated

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        pkt.u8(off)
        line.put(b"BOOTP/DHCP, ")
        line.put(b"Request" if self.op == REQUEST else b"Reply" if self.op == REPLY
                 else b"unknown (0x%02x)" % self.op)
        pkt.u16(off + 1)
        ethernet = self.hardware_type == ETHERNET and self.hardware_length == 6
        if ethernet and self.op == REQUEST:
            pkt.u48(off + 28)
            line.put(b" from ")
            line.ether(pkt, off + 28)
        line.put(b", length %d" % self.size)
        if not line.style.verbose:
            return
        pkt.u16(off + 8)
        if self.hardware_type != ETHERNET:
            line.put(b", htype %d" % self.hardware_type)
        if not ethernet:
            line.put(b", hlen %d" % self.hardware_length)
        for label, value in ((b", hops %d", self.hops), (b", xid 0x%x", self.xid),
                             (b", secs %d", self.secs)):
            if value:
                line.put(label % value)
        pkt.u16(off + 10)
        line.put(b", Flags [%s]" % (b"Broadcast" if self.flags & BROADCAST else b"none"))
        if line.style.verbose > 1:
            line.put(b" (0x%04x)" % self.flags)
        self.write_addresses(line, ethernet)
        self.write_vendor(line)

    def write_addresses(self, line: Line, ethernet: bool) -> None:
        pkt, off = self.pkt, self.off
        for at, label in ((12, b"Client-IP "), (16, b"Your-IP "), (20, b"Server-IP "),
                          (24, b"Gateway-IP ")):
            address = pkt.u32(off + at)
            if address:
                line.put(b"\n\t  ")
                line.put(label)
                line.host4(address)
        if ethernet:
            pkt.u48(off + 28)
            line.put(b"\n\t  Client-Ethernet-Address ")
            line.ether(pkt, off + 28)
        for at, size, label in ((44, 64, b"sname"), (108, 128, b"file")):
            if pkt.u8(off + at):
                line.put(b"\n\t  %s \"" % label)
                whole = write_until_zero(line, pkt, off + at, size)
                line.char(34)
                if not whole:
                    raise Truncated

    def write_vendor(self, line: Line) -> None:
        pkt, at = self.pkt, self.off + VENDOR_OFF
        cookie = pkt.u32(at)
        if cookie == RFC1048_COOKIE:
            line.put(b"\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x%08x" % cookie)
            write_options(line, pkt, at + 4)
        elif cookie == CMU_COOKIE:
            write_cmu(line, pkt, at)
        elif cookie:
            line.put(b"\n\t  Vendor-#0x%x" % cookie)


def write_until_zero(line: Line, pkt: Record, off: int, size: int) -> bool:
    """A text that a zero ends or ``size`` does; False if the capture ended first."""
    for at in range(off, off + size):
        if not pkt.has(at, 1):
            return False
        if pkt.u8(at) == 0:
            break
        line.escaped(pkt, at, 1)
    return True


def write_options(line: Line, pkt: Record, off: int) -> None:
    """Every option up to the end of the packet, the end option, or a fault."""
    while pkt.has(off, 1):
        code = pkt.u8(off)
        off += 1
        if line.style.verbose < 3 and code in (PAD, END):
            if code == END:
                return
            continue
        form, name = OPTIONS.get(code, ("", b"Unknown"))
        length = 0
        if code not in (PAD, END):
            length = pkt.u8(off)
            off += 1
        line.put(b"\n\t    %s (%d), length %d%s" % (name, code, length, b": " if length else b""))
        if code == PAD:
            off = write_padding(line, pkt, off)
        if not pkt.has(off, length):
            raise Truncated
        left = write_value(line, pkt, off, length, code, form)
        if left:
            line.put(b"\n\t  trailing data length %d" % left)
        off += length


def write_padding(line: Line, pkt: Record, off: int) -> int:
    count = 1
    while pkt.has(off, 1) and pkt.u8(off) == PAD:
        off += 1
        count += 1
    if count > 1:
        line.put(b", occurs %d" % count)
    return off


def write_value(line: Line, pkt: Record, off: int, length: int, code: int, form: str) -> int:
    """An option's value; how many octets of it did not fit its form."""
    if not form:  # unknown: the length suggests one
        form = "octets" if length & 1 else "short" if length & 2 else "number"
    special = SPECIAL.get(code)
    if special is not None:
        return special(line, pkt, off, length)
    size, writer = FORMS.get(form, FORMS["octets"])
    if form == "text":
        writer(line, pkt, off, length)
        return 0
    if form == "pair" and (length == 0 or length % 8):
        line.put(b"%s[length != N x 8 bytes]" % (b"" if length else b" "))
        return 0
    if form == "switch" and length != 1:
        line.put(b"[length != 1 byte]" + INVALID)
        return 0
    for at in range(off, off + length - size + 1, size):
        if at > off:
            line.char(46 if form == "octets" else 44)
        writer(line, pkt, at, size)
    return length % size


def write_address(line: Line, pkt: Record, off: int, size: int) -> None:
    line.host4(pkt.u32(off))


def write_pair(line: Line, pkt: Record, off: int, size: int) -> None:
    line.char(40)
    line.host4(pkt.u32(off))
    line.char(58)
    line.host4(pkt.u32(off + 4))
    line.char(41)


def write_number(line: Line, pkt: Record, off: int, size: int) -> None:
    line.uint(pkt.u32(off))


def write_signed(line: Line, pkt: Record, off: int, size: int) -> None:
    line.sint(signed(pkt.u32(off)))


def write_short(line: Line, pkt: Record, off: int, size: int) -> None:
    line.uint(pkt.u16(off))


def write_octet(line: Line, pkt: Record, off: int, size: int) -> None:
    line.uint(pkt.u8(off))


def write_switch(line: Line, pkt: Record, off: int, size: int) -> None:
    value = pkt.u8(off)
    line.put(b"N" if value == 0 else b"Y" if value == 1 else b"%d?" % value)


def write_text(line: Line, pkt: Record, off: int, size: int) -> None:
    line.char(34)
    line.escaped(pkt, off, size)
    line.char(34)


FORMS: dict[str, tuple[int, Callable[[Line, Record, int, int], None]]] = {
    "address": (4, write_address), "pair": (8, write_pair), "number": (4, write_number),
    "signed": (4, write_signed), "short": (2, write_short), "octets": (1, write_octet),
    "switch": (1, write_switch), "text": (1, write_text),
}


def write_message_type(line: Line, pkt: Record, off: int, length: int) -> int:
    if length != 1:
        return write_value(line, pkt, off, length, -1, "octets")
    line.put(named(MESSAGE_NAMES, pkt.u8(off)))
    return 0


def write_parameters(line: Line, pkt: Record, off: int, length: int) -> int:
    """The options that a client wants, four in a row."""
    for i in range(length):
        code = pkt.u8(off + i)
        line.put(b", " if i % 4 else b"\n\t      ")
        line.put(b"%s (%d)" % (OPTIONS.get(code, ("", b"Unknown"))[1], code))
    return 0


def too_short(line: Line, least: int) -> None:
    line.put(b"[length < %d byte%s]" % (least, b"" if least == 1 else b"s") + INVALID)


def write_named_octet(names: dict[int, bytes]) -> Callable[[Line, Record, int, int], int]:
    """A writer for one octet that ``names`` names."""
    def write(line: Line, pkt: Record, off: int, length: int) -> int:
        if length < 1:
            too_short(line, 1)
            return 0
        line.put(named(names, pkt.u8(off), b"#%d"))
        return length - 1
    return write


def write_fqdn(line: Line, pkt: Record, off: int, length: int) -> int:
    """The client's own name (RFC 4702 §2)."""
    if length < 3:
        too_short(line, 3)
        return 0
    flags = pkt.u8(off)
    if flags & 0xF0:
        line.put(b"[MBZ nibble 0x%x != 0] " % (flags >> 4) + INVALID)
    if flags & 15:
        line.put(b"[%s] " % bit_words(FQDN_FLAGS, flags, b""))
    if pkt.u16(off + 1):
        line.put(b"%d/%d " % (pkt.u8(off + 1), pkt.u8(off + 2)))
    write_text(line, pkt, off + 3, length - 3)
    return 0


def write_client_id(line: Line, pkt: Record, off: int, length: int) -> int:
    if length < 1:
        too_short(line, 1)
        return 0
    kind = pkt.u8(off)
    if kind == 0:
        write_text(line, pkt, off + 1, length - 1)
        return 0
    line.put(named(HARDWARE_NAMES, kind, b"hardware-type %d,"))
    line.char(32)
    line.put(pkt.raw(off + 1, length - 1).hex(":").encode())
    return 0


def write_agent(line: Line, pkt: Record, off: int, length: int) -> int:
    """What a relay agent added (RFC 3046)."""
    stop = off + length
    while stop - off >= 2:
        code = pkt.u8(off)
        size = pkt.u8(off + 1)
        off += 2
        line.put(b"\n\t      %s SubOption %d, length %d: " % (
            named(AGENT_NAMES, code, b"Unknown"), code, size))
        if size > stop - off:
            line.put(b"length goes past end of option")
            return 0
        if code == 5 and size == 4:
            line.host4(pkt.u32(off))
        elif code in AGENT_NAMES:
            line.escaped(pkt, off, size)
        else:
            hex_print(line, pkt, off, size)
        off += size
    return stop - off


def write_routes(line: Line, pkt: Record, off: int, length: int) -> int:
    """Classless static routes (RFC 3442)."""
    if length < 5:
        too_short(line, 5)
        return 0
    stop = off + length
    first = True
    while off < stop:
        if not first:
            line.char(44)
        first = False
        width = pkt.u8(off)
        off += 1
        if width > 32:
            line.put(b"[Mask width (%d) > 32]" % width + INVALID)
            return 0
        octets = (width + 7) // 8
        if stop - off < octets + 4:
            line.put(b"[Remaining length (%d) < %d bytes]" % (stop - off, octets + 4) + INVALID)
            return 0
        if width == 0:
            line.put(b"(default")
        else:
            net = pkt.raw(off, octets).ljust(4, b"\0")
            line.put(b"(%s/%d" % (b".".join(b"%d" % octet for octet in net), width))
        line.char(58)
        line.host4(pkt.u32(off + octets))
        line.char(41)
        off += octets + 4
    return 0


def write_user_class(line: Line, pkt: Record, off: int, length: int) -> int:
    """User classes (RFC 3004), each with its length before it."""
    if length < 2:
        too_short(line, 2)
        return 0
    stop = off + length
    number = 1
    while off < stop:
        size = pkt.u8(off)
        off += 1
        line.put(b"\n\t      instance#%d: " % number)
        if size == 0:
            line.put(b"[suboption length == 0]" + INVALID)
            return 0
        if stop - off < size:
            line.put(b"[length %d < suboption length %d" % (stop - off, size) + INVALID)
            return 0
        write_text(line, pkt, off, size)
        line.put(b", length %d" % size)
        number += 1
        off += size
    return 0


def write_redirect(line: Line, pkt: Record, off: int, length: int) -> int:
    """Bootstrap servers (RFC 8572 §8.3)."""
    stop = off + length
    while stop - off >= 2:
        size = pkt.u16(off)
        off += 2
        line.put(b"\n\t\t    length %d: " % size)
        if stop - off < size:
            line.put(b"length goes past end of option")
            return 0
        write_text(line, pkt, off, size)
        off += size
    if off != stop:
        too_short(line, 2)
    return stop - off


SPECIAL: dict[int, Callable[[Line, Record, int, int], int]] = {
    46: write_named_octet(NODE_NAMES), OVERLOAD: write_named_octet(OVERLOAD_NAMES),
    MESSAGE_TYPE: write_message_type, PARAMETERS: write_parameters, 61: write_client_id,
    77: write_user_class, 81: write_fqdn, 82: write_agent, 121: write_routes,
    143: write_redirect, 249: write_routes,
}


def write_cmu(line: Line, pkt: Record, off: int) -> None:
    """Carnegie Mellon's vendor data."""
    line.put(b" vend-cmu")
    pkt.u32(off + 4)
    flags = pkt.u8(off + 4)
    if flags & ~1:
        line.put(b" F:0x%x" % flags)
    for at, label in ((12, b"DG"), (8, b"SM" if flags & 1 else b"SM*"), (16, b"NS1"),
                      (20, b"NS2"), (24, b"IEN1"), (28, b"IEN2"), (32, b"TS1"), (36, b"TS2")):
        address = pkt.u32(off + at)
        if address:
            line.put(b" %s:" % label)
            line.host4(address)
