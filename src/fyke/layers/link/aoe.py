"""ATA over Ethernet (AoE revision 11); tcpdump: print-aoe.c."""

from __future__ import annotations

from fyke.layers.fields import U8, U16, U32, Bits
from fyke.layers.layer import Layer
from fyke.layers.words import INVALID, as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 10  # octets before the command's argument
VERSION = 1
ISSUE, QUERY, MASKS, RESERVE = range(4)  # commands
ERROR = 4  # flag: the error code means something
MAX_CONFIG = 1024  # octets of a configuration string
MAC_LENGTH = 6
DIRECTIVE_LENGTH = 8

COMMAND_NAMES = {ISSUE: b"Issue ATA Command", QUERY: b"Query Config Information",
                 MASKS: b"MAC Mask List", RESERVE: b"Reserve/Release"}
FLAGS = ((8, b"Response"), (ERROR, b"Error"), (2, b"MBZ-1"), (1, b"MBZ-0"))
ERROR_NAMES = {1: b"Unrecognized command code", 2: b"Bad argument parameter",
               3: b"Device unavailable", 4: b"Config string present", 5: b"Unsupported version",
               6: b"Target is reserved"}
ATA_FLAGS = ((0x80, b"MBZ-7"), (0x40, b"Ext48"), (0x20, b"MBZ-5"), (0x10, b"Device"),
             (8, b"MBZ-3"), (4, b"MBZ-2"), (2, b"Async"), (1, b"Write"))
CONFIG_COMMANDS = {0: b"read config string", 1: b"test config string",
                   2: b"test config string prefix", 3: b"set config string",
                   4: b"force set config string"}
MASK_COMMANDS = {0: b"Read Mac Mask List", 1: b"Edit Mac Mask List"}
MASK_ERRORS = {1: b"Unspecified Error", 2: b"Bad DCmd directive", 3: b"Mask list full"}
DIRECTIVES = {0: b"No Directive", 1: b"Add mac address to mask list",
              2: b"Delete mac address from mask list"}
RESERVE_COMMANDS = {0: b"Read reserve list", 1: b"Set reserve list",
                    2: b"Force set reserve list"}
UNKNOWN = b"Unknown (0x%02x)"


class Aoe(Layer):
    """Which shelf and slot, which command, and its argument."""

    __slots__ = ()

    name = "aoe"
    tag = b"aoe"

    version = Bits(0, 1, 0xF0, "version of the protocol")
    flags = Bits(0, 1, 0x0F, "8 response, 4 error")
    error = U8(1, "why a command was refused", names=as_text(ERROR_NAMES))
    major = U16(2, "shelf")
    minor = U8(4, "slot")
    command = U8(5, "what is asked", names=as_text(COMMAND_NAMES))
    tag_number = U32(6, "the same in a command and its response")

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u32(off + 6)  # says whether the header is short

    def write(self, line: Line) -> None:
        pkt, off, length = self.pkt, self.off, self.size
        line.put(b"AoE length %d" % length)
        if length < 1:
            line.put(INVALID)
            return
        line.put(b", Ver %d" % (pkt.u8(off) >> 4))
        if self.version != VERSION:
            return
        if length < HEADER_LENGTH:
            self.refuse(line, off)
            return
        line.put(b", Flags: [%s]" % bit_words(FLAGS, self.flags))
        if not line.style.verbose:
            return
        if self.flags & ERROR:
            line.put(b"\n\tError: %s" % named(ERROR_NAMES, pkt.u8(off + 1), b"Invalid (%d)"))
        line.put(b"\n\tMajor: 0x%04x" % pkt.u16(off + 2))
        line.put(b", Minor: 0x%02x" % pkt.u8(off + 4))
        line.put(b", Command: %s" % named(COMMAND_NAMES, pkt.u8(off + 5), UNKNOWN))
        line.put(b", Tag: 0x%08x" % pkt.u32(off + 6))
        argument = ARGUMENTS.get(self.command)
        if argument is not None:
            at = argument(line, pkt, off + HEADER_LENGTH, length - HEADER_LENGTH)
            if at:
                self.refuse(line, at)

    def refuse(self, line: Line, at: int) -> None:
        """What cannot be; the rest must have been captured."""
        line.put(INVALID)
        if not self.pkt.has(at, self.off + self.size - at):
            raise Truncated


def write_issue(line: Line, pkt: Record, at: int, length: int) -> int:
    """An ATA command's registers; the offset where it cannot be, 0 if it can."""
    if length < 12:
        return at
    line.put(b"\n\tAFlags: [%s]" % bit_words(ATA_FLAGS, pkt.u8(at)))
    line.put(b", Err/Feature: %d" % pkt.u8(at + 1))
    line.put(b", Sector Count: %d" % pkt.u8(at + 2))
    line.put(b", Cmd/Status: %d" % pkt.u8(at + 3))
    for i in range(6):
        line.put(b"%slba%d: %d" % (b", " if i else b"\n\t", i, pkt.u8(at + 4 + i)))
    pkt.u16(at + 10)
    if length > 12:
        line.put(b"\n\tData: %d bytes" % (length - 12))
    return 0


def write_query(line: Line, pkt: Record, at: int, length: int) -> int:
    """A server's configuration string."""
    if length < 8:
        return at
    line.put(b"\n\tBuffer Count: %d" % pkt.u16(at))
    line.put(b", Firmware Version: %d" % pkt.u16(at + 2))
    line.put(b", Sector Count: %d" % pkt.u8(at + 4))
    both = pkt.u8(at + 5)
    line.put(b", AoE: %d, CCmd: %s" % (
        both >> 4, named(CONFIG_COMMANDS, both & 15, b"Unknown (0x02x)")))
    size = pkt.u16(at + 6)
    if size > MAX_CONFIG or size > length - 8:
        return at + 8
    if size:
        line.put(b"\n\tConfig String (length %d): " % size)
        line.escaped(pkt, at + 8, size)
    return 0


def write_masks(line: Line, pkt: Record, at: int, length: int) -> int:
    """Which addresses a server listens to."""
    if length < 4:
        return at
    line.put(b"\n\tMCmd: %s" % named(MASK_COMMANDS, pkt.u8(at + 1), UNKNOWN))
    line.put(b", MError: %s" % named(MASK_ERRORS, pkt.u8(at + 2), UNKNOWN))
    count = pkt.u8(at + 3)
    line.put(b", Dir Count: %d" % count)
    if count * DIRECTIVE_LENGTH > length - 4:
        return at + 4
    for i in range(count):
        directive = at + 4 + i * DIRECTIVE_LENGTH
        line.put(b"\n\t DCmd: %s" % named(DIRECTIVES, pkt.u8(directive + 1), UNKNOWN))
        pkt.raw(directive + 2, MAC_LENGTH)
        line.put(b", Ethernet Address: ")
        line.ether(pkt, directive + 2)
    return 0


def write_reserve(line: Line, pkt: Record, at: int, length: int) -> int:
    """Who alone may use a target."""
    if length < 2 or (length - 2) % MAC_LENGTH:
        return at
    line.put(b"\n\tRCmd: %s" % named(RESERVE_COMMANDS, pkt.u8(at), UNKNOWN))
    count = pkt.u8(at + 1)
    line.put(b", NMacs: %d" % count)
    if count * MAC_LENGTH != length - 2:
        return at + 2
    for i in range(count):
        pkt.raw(at + 2 + i * MAC_LENGTH, MAC_LENGTH)
        line.put(b"\n\tEthernet Address %d: " % i)
        line.ether(pkt, at + 2 + i * MAC_LENGTH)
    return 0


ARGUMENTS = {ISSUE: write_issue, QUERY: write_query, MASKS: write_masks, RESERVE: write_reserve}
