"""Text protocols: HTTP, SMTP, FTP, RTSP, SIP, WHOIS, SSH's greeting; tcpdump: util-print.c.

A request or a reply is shown by its first line, with -v line by line as far as it is text.
"""

from __future__ import annotations

from typing import ClassVar

from fyke.layers.layer import Layer
from fyke.wire import Line, Packet

MAX_TOKEN = 128  # characters of a method or a code
BLANKS = b" \t"
LINE_ENDS = b"\r\n"

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
    lead: ClassVar[bytes] = b": "  #: what stands before the protocol's name

    @property
    def text(self) -> bytes:
        """The payload as captured."""
        return self.pkt.raw(self.off, min(self.length, self.have))

    def write(self, line: Line) -> None:
        line.put(self.lead)
        line.put(self.tag.upper())
        if self.methods and not self.is_message():
            return
        stop = self.off + self.length
        if not line.verbose:
            write_text_line(line, self.pkt, b": ", self.off, stop)
            return
        line.put(b", length: %d" % self.length)
        off = self.off
        while off and off < stop:
            off = write_text_line(line, self.pkt, b"\n\t", off, stop)

    def is_message(self) -> bool:
        """Whether a method comes first, or a three-digit code second."""
        stop = self.off + self.length
        word, off = token(self.pkt, self.off, stop)
        if word.upper() in self.methods:
            return True
        if not word:
            return False
        word, _ = token(self.pkt, off, stop)
        return len(word) == 3 and word.isdigit()


def token(pkt: Packet, off: int, stop: int) -> tuple[bytes, int]:
    """The word at ``off`` and where the next one begins; empty where there is none."""
    if stop > pkt.end:
        stop = pkt.end
    window = pkt.raw(off, max(0, min(stop - off, MAX_TOKEN + 2)))
    count = 0
    for c in window:
        if c in BLANKS or c in LINE_ENDS:
            break
        if not 32 < c < 127:
            return b"", off
        count += 1
    if count == 0 or count > MAX_TOKEN - 1 or off + count == pkt.end < off + len(window):
        return b"", off
    word = window[:count]
    off += count
    while off < stop and pkt.u8(off) in BLANKS:
        off += 1
    return word, off


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
    methods = HTTP_METHODS


class Rtsp(Text):
    __slots__ = ()
    name, tag = "rtsp", b"rtsp"
    methods = RTSP_METHODS


class Sip(Text):
    """Session Initiation Protocol over UDP (RFC 3261)."""

    __slots__ = ()
    name, tag = "sip", b"sip"
    methods = SIP_METHODS
    lead = b""


class Smtp(Text):
    __slots__ = ()
    name, tag = "smtp", b"smtp"


class Ftp(Text):
    __slots__ = ()
    name, tag = "ftp", b"ftp"


class Whois(Text):
    __slots__ = ()
    name, tag = "whois", b"whois"


class Ssh(Text):
    """The line of text that a Secure Shell connection begins with (RFC 4253 §4.2)."""

    __slots__ = ()
    name, tag = "ssh", b"ssh"

    def write(self, line: Line) -> None:
        at = self.off
        stop = self.off + self.length
        while at < stop:
            c = self.pkt.u8(at)
            if c == 10 or (c == 13 and at + 1 < stop and self.pkt.u8(at + 1) == 10):
                line.put(b": SSH: ")
                line.put(self.pkt.raw(self.off, at - self.off))
                return
            if not 32 <= c < 127:
                return
            at += 1
