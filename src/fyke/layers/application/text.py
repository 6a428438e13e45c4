"""Text protocols: HTTP, SMTP, FTP, RTSP, SIP, WHOIS; tcpdump: util-print.c.

A request or a reply is shown by its first line, with -v line by line as far as it is text.
"""

from __future__ import annotations

from fyke.hints import ClassVar
from fyke.layers.application import text_values as values
from fyke.layers.fields import Listed, Made
from fyke.layers.layer import Layer
from fyke.wire import Line, Record

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

    __slots__ = ("is_start", "is_whole")

    is_start: bool  #: a message begins here
    is_whole: bool  #: the line that ends the headers was found

    doubtful = True
    methods: ClassVar[frozenset[bytes]] = frozenset()
    title: ClassVar[bytes] = b""  #: the protocol's name, and what stands before it

    @property
    def text(self) -> bytes:
        """The payload as captured."""
        return self.pkt.raw(self.off, min(self.size, self.have))

    def parse(self, pkt: Record, off: int) -> None:
        self.is_whole = False
        self.payload_off = off
        methods = self.methods
        self.is_start = not methods or self.is_message(methods)
        if not methods or not self.is_start:
            self.payload_length = self.size if methods else 0
            return
        octets = self.text
        end = octets.find(b"\r\n\r\n") + 4
        if end < 4:
            end = octets.find(b"\n\n") + 2
        self.is_whole = end >= 2
        if not self.is_whole:
            end = self.size
        self.payload_off = off + end
        self.payload_length = self.size - end

    def write(self, line: Line) -> None:
        line.put(self.title)
        if not self.is_start:
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


def word_length(pkt: Record, off: int, stop: int) -> int:
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


def is_code(pkt: Record, off: int) -> bool:
    """Whether three digits stand at ``off``."""
    i = 0
    while i < 3:
        c = pkt.u8(off + i)
        if not 48 <= c <= 57:
            return False
        i += 1
    return True


def write_text_line(line: Line, pkt: Record, prefix: bytes, off: int, stop: int) -> int:
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


class Message(Text):
    """A request or status line, headers and a body; the body is the payload."""

    __slots__ = ()

    is_request = Made("bool", values.is_request, "none in the middle of a message")
    method = Made("text", values.method, "of a request")
    target = Made("text", values.target, "of a request, as it was sent")
    version = Made("text", values.version, "of the protocol, with its name")
    status = Made("u16", values.status, "of a response")
    reason = Made("text", values.reason, "the status in words")
    headers = Listed(values.headers, "every header field", keyed=True)
    user_agent = Made("text", values.header("user-agent"), "the program that asks")
    content_type = Made("text", values.header("content-type"), "media type of the body")
    content_length = Made("u64", values.content_length, "of the body", unit="bytes")


class Http(Message):
    """HTTP/1 (RFC 9112)."""

    __slots__ = ()
    name, tag = "http", b"http"
    title = b": HTTP"
    methods = HTTP_METHODS

    host = Made("text", values.header("host"), "whose resource it is")
    uri = Made("text", values.uri, "target with host, as in a proxy's request")


class Rtsp(Message):
    """Real Time Streaming Protocol (RFC 2326)."""

    __slots__ = ()
    name, tag = "rtsp", b"rtsp"
    title = b": RTSP"
    methods = RTSP_METHODS

    cseq = Made("text", values.header("cseq"), "sequence number")
    session = Made("text", values.header("session"), "session identifier, and its timeout")
    transport = Made("text", values.header("transport"), "how the media come")


class Sip(Message):
    """Session Initiation Protocol over UDP (RFC 3261)."""

    __slots__ = ()
    name, tag = "sip", b"sip"
    title = b"SIP"
    methods = SIP_METHODS

    call_id = Made("text", values.header("call-id"), "which call")
    from_header = Made("text", values.header("from"), "who calls")
    to_header = Made("text", values.header("to"), "who is called")
    cseq = Made("text", values.header("cseq"), "sequence number and method")
    via = Made("text", values.header("via"), "the last hop")
    contact = Made("text", values.header("contact"), "where the sender is reached")


class Dialog(Text):
    """Commands of one side, replies with codes of the other."""

    __slots__ = ()

    is_reply = Made("bool", values.is_reply, "a line with a code begins the segment")
    command = Made("text", values.command, "of the first line, in upper case")
    argument = Made("text", values.argument, "what follows the command")
    code = Made("u16", values.reply_code, "of a reply")
    message = Made("text", values.reply_text, "texts of a reply's lines")
    lines = Listed(values.dialog_lines, "every whole line of the segment")


class Smtp(Dialog):
    """Simple Mail Transfer Protocol (RFC 5321)."""

    __slots__ = ()
    name, tag = "smtp", b"smtp"
    title = b": SMTP"


class Ftp(Dialog):
    """File Transfer Protocol (RFC 959), its control connection."""

    __slots__ = ()
    name, tag = "ftp", b"ftp"
    title = b": FTP"


class Whois(Text):
    """WHOIS (RFC 3912)."""

    __slots__ = ()
    name, tag = "whois", b"whois"
    title = b": WHOIS"

    first_line = Made("text", values.first_text, "the question, or an answer's first line")
    lines = Listed(values.dialog_lines, "every whole line of the segment")


class Banner(Text):
    """A protocol that begins with a line of text (ssh.py): the line alone is shown."""

    __slots__ = ()
    tag = b"ssh"

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
