"""Floor 0: the only module that touches captured bytes and the text being written.

``Record`` is a window on a buffer in which every read is checked; ``Line`` is a buffer that makes
room before it is written to. Because nobody else indexes either, the rest of the house can be
compiled without bounds checks. Compiled modules see both through inline.pxd, in which what is
called most often is said once more, for the case that nothing is wrong.
"""

from __future__ import annotations

import sys

from fyke.errors import FykeError
from fyke.hints import Any
from fyke.style import Style

try:
    import cython
except ModuleNotFoundError:  # pragma: no cover
    from fyke import nocython as cython  # type: ignore[no-redef]


class Truncated(FykeError):
    """A read went past the captured bytes; shown as ``[|name]``."""


class LineFull(Exception):
    """One packet's text reached ``Line.limit``; what was written so far stands."""


class Record:
    """A packet in place: octets ``start`` to ``start + caplen`` of a buffer that it keeps alive.

    Offsets are octets from the packet's first; reads are big endian unless their name begins with
    ``le``. ``end`` is where reads stop: the captured length, or less after ``narrow``. Every read
    that would leave the window raises Truncated, negative offsets included.
    """

    __slots__ = ("base", "caplen", "data", "end", "fraction", "interface", "link_type", "meta",
                 "owner", "size", "start", "time", "whole", "wirelen")

    end: int  #: reads stop here, in octets
    start: int  #: where the packet begins in its buffer, in octets
    caplen: int  #: octets captured
    wirelen: int  #: octets the packet had on the wire
    time: int  #: nanoseconds since the epoch
    link_type: int  #: LINKTYPE number (linktypes.py)
    fraction: int  #: a fraction of a second that is none (too large), as the file had it; or 0
    interface: int  #: number of the interface in its source
    whole: Any
    owner: Any
    data: Any
    meta: Any  #: what the source knows besides (comment, flags, VLAN tag …), or None

    def __init__(self, data: Any = b"", link_type: int = 1, time: int = 0) -> None:
        self.link_type = link_type
        self.interface = 0
        self.time = time
        self.fraction = 0
        self.meta = None
        self.hold(data)

    def hold(self, data: Any) -> None:
        """Keep ``data`` (anything with the buffer protocol) alive and be a window on all of it."""
        if cython.compiled and type(data) is bytes:  # it cannot change: a view would only cost
            self.leave()
            self.owner = data
            self.base = cython.cast(  # type: ignore
                "const u8_t *", PyBytes_AS_STRING(data))  # type: ignore  # noqa: F821
            self.size = len(data)
        else:
            self.pin(memoryview(data).cast("B"))
        self.place(0, self.size)
        self.wirelen = self.size

    def pin(self, whole: Any) -> None:
        """Keep a view alive: its buffer can neither be resized nor closed.

        The view is Python's own. Cython's would bring ``collections.abc`` to every start: 7 million
        instructions of 100.
        """
        if cython.compiled:
            self.leave()
            if len(whole) > 0:
                self.base = cython.cast(  # type: ignore
                    "const u8_t *", PyMemoryView_GET_BUFFER(whole).buf)  # type: ignore  # noqa: F821
        else:
            self.leave()
            self.whole = whole
        self.owner = whole
        self.size = len(whole)

    def leave(self) -> None:
        """Be no window at all, before the owner changes: its last breath may run Python code."""
        self.size = self.start = self.caplen = self.end = 0
        if cython.compiled:
            self.base = cython.NULL
            self.data = cython.NULL

    def place(self, start: int, caplen: int) -> None:
        """Be the window of ``caplen`` octets at ``start`` of the buffer. Raises Truncated."""
        if start < 0 or caplen < 0 or start > self.size - caplen:
            raise Truncated
        if cython.compiled:
            self.data = self.base + start
        else:
            self.data = self.whole[start:start + caplen]
        self.start = start
        self.caplen = caplen
        self.end = caplen

    def on(self, memory: Memory, start: int, caplen: int) -> None:
        """Be the window of ``caplen`` octets at ``start`` of ``memory``, without a copy.

        Raises Truncated, and is then what it was.
        """
        if start < 0 or caplen < 0 or start > memory.size - caplen:
            raise Truncated
        if self.owner is not memory.owner:
            self.leave()
            self.owner = memory.owner
            self.size = memory.size
            if cython.compiled:
                self.whole = None
                self.base = memory.base
            else:
                self.whole = memory.whole
        self.place(start, caplen)

    def like(self, other: Record) -> None:
        """Be a window on the same octets as ``other``, and have the same of everything else."""
        self.take(other, other.start, other.caplen)
        self.wirelen = other.wirelen
        self.time = other.time
        self.fraction = other.fraction
        self.link_type = other.link_type
        self.interface = other.interface
        self.meta = other.meta

    def take(self, other: Record, start: int, caplen: int) -> None:
        """Be the window of ``caplen`` octets at ``start`` of the buffer of ``other``, and pin it.

        Raises Truncated, and is then what it was. Costs no new object: readers place packets on
        their buffer with it.
        """
        if start < 0 or caplen < 0 or start > other.size - caplen:
            raise Truncated
        if self.owner is not other.owner:
            self.leave()
            self.owner = other.owner
            self.size = other.size
            if cython.compiled:
                self.whole = None
                self.base = other.base
            else:
                self.whole = other.whole
        self.place(start, caplen)

    def release(self) -> None:
        """Let go of the buffer; the window is empty afterwards."""
        self.hold(b"")

    def octets(self) -> bytes:
        """All captured octets, copied; also those after ``end``."""
        if cython.compiled:
            return PyBytes_FromStringAndSize(  # type: ignore  # noqa: F821
                cython.cast("const char *", self.data), self.caplen)
        return bytes(self.data)

    def copy(self) -> Record:
        """The same packet on bytes of its own, with reads to the captured length."""
        return packet_of(self.octets(), self.link_type, self.time, self.wirelen, self.fraction,
                         self.interface, self.meta)

    def __reduce__(self) -> tuple[Any, ...]:
        return packet_of, (self.octets(), self.link_type, self.time, self.wirelen, self.fraction,
                           self.interface, self.meta)

    def narrow(self, end: int) -> None:
        """Let reads stop at ``end`` if that is earlier (a length field said so)."""
        if end < 0:
            end = 0
        if end < self.end:
            self.end = end

    def widen(self, end: int) -> None:
        """Put ``end`` back to where it was before ``narrow``, at most to the captured length."""
        if end > self.caplen:
            end = self.caplen
        if end > self.end:
            self.end = end

    def has(self, off: int, count: int) -> bool:
        """Whether ``count`` octets can be read at ``off``."""
        return off >= 0 and count >= 0 and off <= self.end - count

    def u8(self, off: int) -> int:
        if off < 0 or off >= self.end:
            raise Truncated
        return self.data[off]  # type: ignore[no-any-return]

    def u16(self, off: int) -> int:
        if off < 0 or off > self.end - 2:
            raise Truncated
        return self.data[off] << 8 | self.data[off + 1]  # type: ignore[no-any-return]

    def u24(self, off: int) -> int:
        if off < 0 or off > self.end - 3:
            raise Truncated
        return (self.data[off] << 16 | self.data[off + 1] << 8  # type: ignore[no-any-return]
                | self.data[off + 2])

    def u32(self, off: int) -> int:
        if off < 0 or off > self.end - 4:
            raise Truncated
        return (self.data[off] << 24 | self.data[off + 1] << 16  # type: ignore[no-any-return]
                | self.data[off + 2] << 8 | self.data[off + 3])

    def u48(self, off: int) -> int:
        if off < 0 or off > self.end - 6:
            raise Truncated
        high = self.u16(off)
        if cython.compiled:
            return cython.cast("u64_t", high) << 32 | self.u32(off + 2)  # type: ignore
        return high << 32 | self.u32(off + 2)

    def u64(self, off: int) -> int:
        if off < 0 or off > self.end - 8:
            raise Truncated
        high = self.u32(off)
        if cython.compiled:
            return cython.cast("u64_t", high) << 32 | self.u32(off + 4)  # type: ignore
        return high << 32 | self.u32(off + 4)

    def le16(self, off: int) -> int:
        if off < 0 or off > self.end - 2:
            raise Truncated
        return self.data[off + 1] << 8 | self.data[off]  # type: ignore[no-any-return]

    def le24(self, off: int) -> int:
        if off < 0 or off > self.end - 3:
            raise Truncated
        return (self.data[off + 2] << 16 | self.data[off + 1] << 8  # type: ignore[no-any-return]
                | self.data[off])

    def le32(self, off: int) -> int:
        if off < 0 or off > self.end - 4:
            raise Truncated
        return (self.data[off + 3] << 24 | self.data[off + 2] << 16  # type: ignore[no-any-return]
                | self.data[off + 1] << 8 | self.data[off])

    def le64(self, off: int) -> int:
        if off < 0 or off > self.end - 8:
            raise Truncated
        high = self.le32(off + 4)
        if cython.compiled:
            return cython.cast("u64_t", high) << 32 | self.le32(off)  # type: ignore
        return high << 32 | self.le32(off)

    def raw(self, off: int, count: int) -> bytes:
        """``count`` octets at ``off``, copied. Raises Truncated if they are not all there."""
        if off < 0 or count < 0 or off > self.end - count:
            raise Truncated
        if cython.compiled:
            return PyBytes_FromStringAndSize(  # type: ignore  # noqa: F821
                cython.cast("const char *", self.data) + off, count)
        return bytes(self.data[off:off + count])

    def sum16(self, off: int, count: int, start: int = 0) -> int:
        """The folded one's complement sum of ``count`` octets (RFC 1071), not inverted.

        ``start`` is a sum to begin with (a pseudo header's). A correct Internet checksum over
        data that contains it gives 0xffff. An odd last octet counts as the high one.
        """
        if off < 0 or count < 0 or off > self.end - count:
            raise Truncated
        if cython.compiled:
            return ink.folded(self.data + off, count, start)  # type: ignore  # noqa: F821
        total = start
        i = off
        stop = off + count - 1
        while i < stop:
            total += self.data[i] << 8 | self.data[i + 1]
            i += 2
        if i == stop:
            total += self.data[i] << 8
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return total


def packet_of(octets: bytes, link_type: int, time: int, wirelen: int, fraction: int,
              interface: int, meta: Any) -> Record:
    """A packet on octets, with all that a source says of it."""
    out = Record(octets, link_type, time)
    out.wirelen = wirelen
    out.fraction = fraction
    out.interface = interface
    out.meta = meta
    return out


Packet = Record  # what it was called, in layers of people's own


class Memory:
    """Memory that the kernel writes too (a mapped ring), or a buffer to build packets in.

    Offsets are octets from its first, and every access is checked as in Record. ``host16`` and
    ``host32`` read in the host's byte order, ``put16`` and ``put32`` write big endian.
    """

    __slots__ = ("base", "owner", "size", "whole")

    size: int  #: octets
    whole: Any

    def __init__(self, data: Any) -> None:
        self.hold(data)

    def hold(self, data: Any) -> None:
        """Keep ``data`` (anything with a writable buffer) alive and be all of it."""
        whole = memoryview(data).cast("B")
        if whole.readonly:
            raise TypeError("Memory needs a buffer that can be written")
        if cython.compiled:
            self.size = 0
            if len(whole) > 0:
                self.base = cython.cast(  # type: ignore
                    "u8_t *", PyMemoryView_GET_BUFFER(whole).buf)  # type: ignore  # noqa: F821
        else:
            self.whole = whole
        self.owner = whole
        self.size = len(whole)

    def close(self) -> None:
        """Let go of the buffer; the memory is empty afterwards."""
        self.size = 0
        self.owner = memoryview(b"")
        if cython.compiled:
            self.base = cython.NULL
        else:
            self.whole = self.owner

    def u8(self, off: int) -> int:
        if off < 0 or off >= self.size:
            raise Truncated
        if cython.compiled:
            return self.base[off]  # type: ignore[no-any-return]
        return self.whole[off]  # type: ignore[no-any-return]

    def host16(self, off: int) -> int:
        if off < 0 or off > self.size - 2:
            raise Truncated
        if cython.compiled:
            return cython.cast("u16_t *", self.base + off)[0]  # type: ignore
        return int.from_bytes(self.whole[off:off + 2], sys.byteorder)

    def host32(self, off: int) -> int:
        if off < 0 or off > self.size - 4:
            raise Truncated
        if cython.compiled:
            return cython.cast("u32_t *", self.base + off)[0]  # type: ignore
        return int.from_bytes(self.whole[off:off + 4], sys.byteorder)

    def acquire(self, off: int) -> int:
        """As host32; what the other side wrote before it wrote this number is seen after it."""
        if off < 0 or off > self.size - 4:
            raise Truncated
        if cython.compiled:
            return load_acquire(self.base + off)  # type: ignore  # noqa: F821
        return int.from_bytes(self.whole[off:off + 4], sys.byteorder)

    def hand_over(self, off: int, value: int) -> None:
        """Write 32 bits in the host's order, after every read and write that came before."""
        if off < 0 or off > self.size - 4:
            raise Truncated
        if cython.compiled:
            store_release(self.base + off, value)  # type: ignore  # noqa: F821
        else:
            self.whole[off:off + 4] = value.to_bytes(4, sys.byteorder)

    def put8(self, off: int, value: int) -> None:
        if off < 0 or off >= self.size:
            raise Truncated
        if cython.compiled:
            self.base[off] = value & 0xFF
        else:
            self.whole[off] = value & 0xFF

    def put16(self, off: int, value: int) -> None:
        self.put8(off, value >> 8)
        self.put8(off + 1, value)

    def put32(self, off: int, value: int) -> None:
        self.put16(off, value >> 16)
        self.put16(off + 2, value)

    def move(self, start: int, count: int, to: int) -> None:
        """Copy ``count`` octets at ``start`` to ``to``; the two may overlap."""
        if (start < 0 or to < 0 or count < 0
                or start > self.size - count or to > self.size - count):
            raise Truncated
        if cython.compiled:
            memmove(self.base + to, self.base + start, count)  # type: ignore  # noqa: F821
        else:
            self.whole[to:to + count] = bytes(self.whole[start:start + count])


class Line:
    """The text being written: a buffer that makes room, reused from packet to packet.

    ``pos`` octets are written; those since ``start`` belong to the current packet, and may be at
    most ``limit`` (LineFull is raised beyond).
    """

    __slots__ = ("associations", "buf", "depth", "header", "header_open", "length_said",
                 "limit", "out", "pinned", "pos", "protocol", "size", "start", "stopped", "style")

    style: Style  #: the options that say how to write
    associations: Any  #: what is remembered between packets (layers/associations.py), or None
    stopped: bool  #: the current packet's text ends here, whatever its layers still hold
    protocol: Any  #: whose text is being written: a layer, or what ``[|name]`` will say
    depth: int  #: layers deep, bounded by layers/layer.py
    header: int  #: octets of link-layer header, which -x and -X leave out
    header_open: bool  #: still inside the link layer
    length_said: bool  #: a frame has told its length (-e): its tags need not
    out: Any
    pinned: Any  #: a view of the buffer, so that nobody can resize it

    def __cinit__(self, *arguments: Any, **named: Any) -> None:
        """Compiled: there is a style even in a line that nobody initialised."""
        self.style = Style()

    def __init__(self, size: int = 1 << 16, limit: int = 1 << 21,
                 style: Style | None = None) -> None:
        self.style = Style() if style is None else style
        self.associations = None
        self.stopped = False
        self.size = 0
        self.buf = bytearray()
        self.pos = 0
        self.start = 0
        self.limit = limit
        self.depth = 0
        self.protocol = b""
        self.header = 0
        self.header_open = True
        self.length_said = False
        self.room(size if size > 64 else 64)

    def room(self, count: int) -> None:
        """Make sure that ``count`` more octets fit; LineFull if the packet has had its share."""
        if count < 0:
            raise ValueError("a count of octets below zero")
        if self.pos + count - self.start > self.limit:
            raise LineFull
        if self.pos + count > self.size:
            self.grow(count)

    def grow(self, count: int) -> None:
        """Move to a larger buffer."""
        wanted = 2 * self.size
        if wanted < self.pos + count:
            wanted = self.pos + count
        grown = bytearray(wanted)
        grown[:self.pos] = self.buf[:self.pos]
        pinned = memoryview(grown)
        if cython.compiled:
            self.out = cython.cast(  # type: ignore
                "u8_t *", PyMemoryView_GET_BUFFER(pinned).buf)  # type: ignore  # noqa: F821
        else:
            self.out = grown
        self.buf = grown
        self.pinned = pinned
        self.size = wanted

    def begin(self) -> None:
        """The next packet's text starts here."""
        self.start = self.pos
        self.stopped = False
        self.depth = 0
        self.header = 0
        self.header_open = True

    def stop(self) -> None:
        """The packet's text ends here: no layer above the one that is being written is shown."""
        self.stopped = True

    def resume(self) -> None:
        """The text goes on: what stopped was inside another layer's."""
        self.stopped = False

    def link_header(self, end: int) -> None:
        """A link layer says where its header ends, unless another layer came in between."""
        if self.header_open:
            self.header = end

    def close_header(self) -> None:
        """The link layer is over: a tunnel's inner link header is payload."""
        self.header_open = False

    def text(self) -> bytes:
        """What is written, and empty the line."""
        out = bytes(self.buf[:self.pos])
        self.pos = 0
        self.start = 0
        return out

    def rewind(self, pos: int) -> None:
        """Forget what was written after ``pos``."""
        if 0 <= pos < self.pos:
            self.pos = pos

    def put(self, text: bytes) -> None:
        """Write bytes as they are: ours, never the packet's (see ``escaped``)."""
        n = len(text)
        self.room(n)
        if cython.compiled:
            ink.copy(self.out + self.pos, cython.cast(  # type: ignore  # noqa: F821
                "const u8_t *", PyBytes_AS_STRING(text)), n)  # type: ignore  # noqa: F821
        else:
            self.out[self.pos:self.pos + n] = text
        self.pos += n

    def le32(self, value: int) -> None:
        """The low 32 bits of an integer as four octets, little endian (savefiles)."""
        self.room(4)
        self.out[self.pos] = value & 255
        self.out[self.pos + 1] = value >> 8 & 255
        self.out[self.pos + 2] = value >> 16 & 255
        self.out[self.pos + 3] = value >> 24 & 255
        self.pos += 4

    def be32(self, value: int) -> None:
        """The low 32 bits of an integer as four octets, big endian (savefiles)."""
        self.room(4)
        self.out[self.pos] = value >> 24 & 255
        self.out[self.pos + 1] = value >> 16 & 255
        self.out[self.pos + 2] = value >> 8 & 255
        self.out[self.pos + 3] = value & 255
        self.pos += 4

    def captured(self, pkt: Record) -> None:
        """All captured octets of a packet as they are (savefiles), however narrow it is now."""
        n = pkt.caplen
        self.room(n)
        if cython.compiled:
            if n > 0:
                memcpy(self.out + self.pos, pkt.data, n)  # type: ignore  # noqa: F821
        else:
            self.out[self.pos:self.pos + n] = pkt.data[:n]
        self.pos += n

    def char(self, c: int) -> None:
        self.room(1)
        self.out[self.pos] = c
        self.pos += 1

    def uint(self, value: int) -> None:
        """An unsigned integer of at most 64 bits, in decimal."""
        if cython.compiled:
            self.room(20)
            self.pos += ink.decimal(self.out + self.pos, value)  # type: ignore  # noqa: F821
        else:
            self.put(b"%d" % (value & 0xFFFFFFFFFFFFFFFF))

    def sint(self, value: int) -> None:
        """A signed integer of at most 64 bits, in decimal."""
        if value < 0:
            self.char(45)
            value = -value
        self.uint(value)

    def hex(self, value: int, width: int = 1) -> None:
        """Lower-case hexadecimal without ``0x``, of at least ``width`` digits (at most 16)."""
        if width > 16:
            width = 16
        if cython.compiled:
            self.room(16)
            self.pos += ink.hexadecimal(  # type: ignore  # noqa: F821
                self.out + self.pos, value, width)
        else:
            self.put(b"%0*x" % (width, value & 0xFFFFFFFFFFFFFFFF))

    def digits(self, value: int, count: int) -> None:
        """The last ``count`` decimal digits of ``value``, with leading zeros."""
        self.room(count)
        if cython.compiled:
            ink.fixed(self.out + self.pos, value, count)  # type: ignore  # noqa: F821
        else:
            for i in range(self.pos + count - 1, self.pos - 1, -1):
                self.out[i] = 48 + value % 10
                value //= 10
        self.pos += count

    def ipv4(self, addr: int) -> None:
        """A dotted quad."""
        if cython.compiled:
            self.room(15)
            self.pos += ink.dotted(self.out + self.pos, addr)  # type: ignore  # noqa: F821
        else:
            self.put(b"%d.%d.%d.%d" % (addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255))

    def ipv6(self, pkt: Record, off: int) -> None:
        """The 16 octets at ``off`` as inet_ntop writes them (RFC 5952, ``::ffff:1.2.3.4``)."""
        if not pkt.has(off, 16):
            raise Truncated
        if cython.compiled:
            self.room(46)
            self.pos += ink.groups(self.out + self.pos, pkt.data + off)  # type: ignore  # noqa: F821
        else:
            from socket import AF_INET6, inet_ntop
            self.put(inet_ntop(AF_INET6, pkt.raw(off, 16)).encode())

    def mac(self, pkt: Record, off: int) -> None:
        """The 6 octets at ``off``, in hexadecimal with colons."""
        if not pkt.has(off, 6):
            raise Truncated
        if cython.compiled:
            self.room(17)
            ink.colons(self.out + self.pos, pkt.data + off)  # type: ignore  # noqa: F821
            self.pos += 17
        else:
            self.put(pkt.raw(off, 6).hex(":").encode())

    def rows(self, pkt: Record, off: int, count: int, indent: bytes, text: bool) -> None:
        """Rows of 16 octets, each after ``indent``: ``0x0010:  4500 003c …``, with ``text`` as
        text beside them. Raises Truncated where they are not all there."""
        if count < 0 or not pkt.has(off, count):
            raise Truncated
        at = 0
        while at < count:
            n = count - at if count - at < 16 else 16
            self.put(indent)
            self.put(b"0x")
            self.hex(at, 4)
            self.put(b": ")
            if cython.compiled:
                self.room(58)
                self.pos += ink.row(  # type: ignore  # noqa: F821
                    self.out + self.pos, pkt.data + off + at, n, text)
            else:
                self.put(row_of(pkt.raw(off + at, n), text))
            at += n

    def host4(self, addr: int) -> None:
        """The name of an IPv4 address, or the address."""
        name = None if self.style.names is None else self.style.names.ipv4(addr)
        if name is None:
            self.ipv4(addr)
        else:
            self.escape(name)

    def host6(self, pkt: Record, off: int) -> None:
        """The name of the IPv6 address at ``off``, or the address."""
        name = None if self.style.names is None else self.style.names.ipv6(pkt.raw(off, 16))
        if name is None:
            self.ipv6(pkt, off)
        else:
            self.escape(name)

    def ether(self, pkt: Record, off: int) -> None:
        """The name of the Ethernet address at ``off``, or the address (with its OUI's owner)."""
        name = None if self.style.names is None else self.style.names.ether(pkt.raw(off, 6))
        if name is None:
            self.mac(pkt, off)
        else:
            self.escape(name)

    def port(self, transport: str, number: int) -> None:
        """The service on a ``transport`` ("tcp", "udp") port, or the number."""
        name = None if self.style.names is None else self.style.names.port(transport, number)
        if name is None:
            self.uint(number)
        else:
            self.escape(name)

    def escaped(self, pkt: Record, off: int, count: int) -> None:
        """Octets from the packet, made harmless: ``^A`` for controls, ``M-`` for the high half."""
        i = 0
        while i < count:
            c = pkt.u8(off + i)
            self.escape_char(c)
            i += 1

    def escape(self, text: bytes) -> None:
        """Bytes that came from outside, made harmless as ``escaped`` does."""
        for c in text:
            self.escape_char(c)

    def escape_char(self, c: int) -> None:
        if c >= 128:
            self.char(77)
            self.char(45)
            c &= 127
        if c < 32 or c == 127:
            self.char(94)
            c ^= 64
        self.char(c)

    def hex_string(self, pkt: Record, off: int, count: int) -> None:
        """``count`` octets as two hexadecimal digits each."""
        i = 0
        while i < count:
            self.hex(pkt.u8(off + i), 2)
            i += 1


def row_of(octets: bytes, text: bool) -> bytes:
    """What stands for up to 16 octets in a row of -x, or with ``text`` of -X."""
    pairs = b"".join(b" " + octets[i:i + 2].hex().encode() for i in range(0, len(octets), 2))
    if not text:
        return pairs
    return pairs.ljust(42) + bytes(c if 32 < c < 127 else 46 for c in octets)
