"""Text protocols: HTTP, SMTP, FTP, RTSP, SIP, WHOIS, SSH's greeting; tcpdump: util-print.c.

A request or a reply is shown by its first line, with -v line by line as far as it is text.
"""

from __future__ import annotations

from typing import ClassVar

from fyke.layers.layer import Layer
from fyke.wire import Line, Packet

MAX_TOKEN = 128  # characters of a method or a code

HTTP_METHODS = frozenset(
    b"GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH "
    b"UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST "
    b"SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE "
    b"RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL".split())
RTSP_METHODS = frozenset(
    b"DESCRIBE ANNOUNCE GET_PARAMETER OPTIONS PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER "
    b"TEARDOWN".split())
SIP_METHODS = frozenset(
    b"ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK "
    b"SUBSCRIBE UPDATE PUBLISH".split())


class Text(Layer):
    """Lines of text; ``methods``: only what begins with one, or with a version and a code."""

    __slots__ = ()

    methods: ClassVar[frozenset[bytes]] = frozenset()
    title: ClassVar[bytes] = b""  #: the protocol's name, and what stands before it

    @property
    def text(self) -> bytes:
        """The payload as captured."""
        return self.pkt.raw(self.off, min(self.size, self.have))

    def write(self, line: Line) -> None:
        line.put(self.title)
        methods = self.methods
        if methods and not self.is_message(methods):
            return
        stop = self.off + self.size
        if not line.style.verbose:
            write_text_line(line, self.pkt, b": ", self.off, stop)
            return
        line.put(b", length: %d" % self.size)
        off = self.off
        while off and off < stop:
            off = write_text_line(line, self.pkt, b"\n\t", off, stop)

    def is_message(self, methods: frozenset[bytes]) -> bool:
        """Whether a method comes first, or a three-digit code second."""
        pkt = self.pkt
        off = self.off
        stop = off + self.size
        if stop > pkt.end:
            stop = pkt.end
        count = word_length(pkt, off, stop)
        if count == 0:
            return False
        if pkt.raw(off, count).upper() in methods:
            return True
        off += count
        while off < stop and is_blank(pkt.u8(off)):
            off += 1
        return word_length(pkt, off, stop) == 3 and is_code(pkt, off)


def word_length(pkt: Packet, off: int, stop: int) -> int:
    """Characters of the word at ``off``; 0 if there is none, or one that is too long."""
    count = 0
    while off + count < stop and count < MAX_TOKEN:
        c = pkt.u8(off + count)
        if is_blank(c) or c == 10 or c == 13:
            break
        if not 32 < c < 127:
            return 0
        count += 1
    return count if count < MAX_TOKEN else 0


def is_blank(c: int) -> bool:
    return c == 32 or c == 9


def is_code(pkt: Packet, off: int) -> bool:
    """Whether three digits stand at ``off``."""
    i = 0
    while i < 3:
        c = pkt.u8(off + i)
        if not 48 <= c <= 57:
            return False
        i += 1
    return True


def write_text_line(line: Line, pkt: Packet, prefix: bytes, off: int, stop: int) -> int:
    """One line if it is text; the offset of the next, 0 if there is none to be shown."""
    at = off
    after = 0
    while at < stop:
        c = pkt.u8(at)
        if c == 10:
            after = at + 1
            break
        if c == 13:
            if at + 1 >= stop or pkt.u8(at + 1) != 10:
                return 0
            after = at + 2
            break
        if not (32 <= c < 127 or c == 9):
            return 0
        at += 1
    line.put(prefix)
    line.put(pkt.raw(off, at - off))
    return after


class Http(Text):
    __slots__ = ()
    name, tag = "http", b"http"
    title = b": HTTP"
    methods = HTTP_METHODS


class Rtsp(Text):
    __slots__ = ()
    name, tag = "rtsp", b"rtsp"
    title = b": RTSP"
    methods = RTSP_METHODS


class Sip(Text):
    """Session Initiation Protocol over UDP (RFC 3261)."""

    __slots__ = ()
    name, tag = "sip", b"sip"
    title = b"SIP"
    methods = SIP_METHODS


class Smtp(Text):
    __slots__ = ()
    name, tag = "smtp", b"smtp"
    title = b": SMTP"


class Ftp(Text):
    __slots__ = ()
    name, tag = "ftp", b"ftp"
    title = b": FTP"


class Whois(Text):
    __slots__ = ()
    name, tag = "whois", b"whois"
    title = b": WHOIS"


class Ssh(Text):
    """The line of text that a Secure Shell connection begins with (RFC 4253 §4.2)."""

    __slots__ = ()
    name, tag = "ssh", b"ssh"

    def write(self, line: Line) -> None:
        pkt = self.pkt
        at = self.off
        stop = at + self.size
        if not (pkt.u8(at) == 83 and pkt.u8(at + 1) == 83 and pkt.u8(at + 2) == 72
                and pkt.u8(at + 3) == 45):  # SSH-
            return
        while at < stop:
            c = pkt.u8(at)
            if c == 10 or (c == 13 and at + 1 < stop and pkt.u8(at + 1) == 10):
                line.put(b": SSH: ")
                line.put(pkt.raw(self.off, at - self.off))
                return
            if not 32 <= c < 127:
                return
            at += 1
