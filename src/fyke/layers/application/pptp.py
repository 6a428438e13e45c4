"""Point-to-Point Tunneling Protocol's control connection (RFC 2637); tcpdump: print-pptp.c."""

from __future__ import annotations

from fyke.layers.cursor import Option
from fyke.layers.fields import U16, U32, Listed, Options, text_of
from fyke.layers.layer import Layer
from fyke.layers.link.text import write_padded
from fyke.layers.words import as_text, bit_words, named
from fyke.wire import Line, Record, Truncated

HEADER_LENGTH = 12
COOKIE = 0x1A2B3C4D
KIND_NAMES = {1: b" CTRL-MSG", 2: b" MGMT-MSG"}
(START, STARTED, STOP, STOPPED, ECHO, ECHOED, OUT, OUT_REPLY, IN, IN_REPLY, IN_CONNECTED, CLEAR,
 DISCONNECT, WAN_ERROR, LINK_INFO) = range(1, 16)
TYPE_NAMES = {
    0: b"NOT_DEFINED", START: b"SCCRQ", STARTED: b"SCCRP", STOP: b"StopCCRQ",
    STOPPED: b"StopCCRP", ECHO: b"ECHORQ", ECHOED: b"ECHORP", OUT: b"OCRQ", OUT_REPLY: b"OCRP",
    IN: b"ICRQ", IN_REPLY: b"ICRP", IN_CONNECTED: b"ICCN", CLEAR: b"CCRQ", DISCONNECT: b"CDN",
    WAN_ERROR: b"WEN", LINK_INFO: b"SLI",
}
ERROR_NAMES = {0: b"None", 1: b"Not-Connected", 2: b"Bad-Format", 3: b"Bad-Value",
               4: b"No-Resource", 5: b"Bad-Call-ID", 6: b"PAC-Error"}
SHORT_RESULTS = {1: b"OK", 2: b"General Error"}
RESULT_NAMES: dict[int, dict[int, bytes]] = {
    STARTED: {1: b"Successful channel establishment", 2: b"General error",
              3: b"Command channel already exists",
              4: b"Requester is not authorized to establish a command channel",
              5: b"The protocol version of the requester is not supported"},
    STOPPED: SHORT_RESULTS, ECHOED: SHORT_RESULTS,
    OUT_REPLY: {1: b"Connected", 2: b"General Error", 3: b"No Carrier", 4: b"Busy",
                5: b"No Dial Tone", 6: b"Time-out", 7: b"Do Not Accept"},
    IN_REPLY: {1: b"Connect", 2: b"General Error", 3: b"Do Not Accept"},
    DISCONNECT: {1: b"Lost Carrier", 2: b"General Error", 3: b"Admin Shutdown", 4: b"Request"},
}
REASON_NAMES = {1: b"None", 2: b"Stop-Protocol", 3: b"Stop-Local-Shutdown"}
BEARERS = {1: b"A", 2: b"D", 3: b"Any"}
FRAMINGS = {1: b"A", 2: b"S", 3: b"E"}
BEARER_FLAGS = ((2, b"D"), (1, b"A"))
FRAMING_FLAGS = ((1, b"A"), (2, b"S"))

#: The fields of a message in wire order: a title and a width in octets, or a kind of field that
#: the title's first character says: "!" must be zero, "?" a result code, "&" an error code,
#: "~" text, ":" a version, "=" names of a number, "|" of its bits, "#" in hexadecimal.
Field = tuple[str, int]
RESULT: tuple[Field, ...] = (("?", 1), ("&", 1))
ABILITIES: tuple[Field, ...] = (
    ("|FRAME_CAP", 4), ("|BEARER_CAP", 4), ("MAX_CHAN", 2), ("FIRM_REV", 2), ("~HOSTNAME", 64),
    ("~VENDOR", 64))
PACE: tuple[Field, ...] = (("RECV_WIN", 2), ("PROC_DELAY", 2))
PEER: tuple[Field, ...] = (("PEER_CALL_ID", 2), ("!", 2))
MESSAGES: dict[int, tuple[Field, ...]] = {
    START: ((":PROTO_VER", 2), ("!", 2), *ABILITIES),
    STARTED: ((":PROTO_VER", 2), *RESULT, *ABILITIES),
    STOP: (("=REASON", 1), ("!", 1), ("!", 2)),
    STOPPED: (*RESULT, ("!", 2)),
    ECHO: (("ID", 4),),
    ECHOED: (("ID", 4), *RESULT, ("!", 2)),
    OUT: (("CALL_ID", 2), ("CALL_SER_NUM", 2), ("MIN_BPS", 4), ("MAX_BPS", 4),
          ("=BEARER_TYPE", 4), ("=FRAME_TYPE", 4), *PACE, ("PHONE_NO_LEN", 2), ("!", 2),
          ("~PHONE_NO", 64), ("~SUB_ADDR", 64)),
    OUT_REPLY: (("CALL_ID", 2), ("PEER_CALL_ID", 2), *RESULT, ("CAUSE_CODE", 2),
                ("CONN_SPEED", 4), *PACE, ("PHY_CHAN_ID", 4)),
    IN: (("CALL_ID", 2), ("CALL_SER_NUM", 2), ("=BEARER_TYPE", 4), ("PHY_CHAN_ID", 4),
         ("DIALED_NO_LEN", 2), ("DIALING_NO_LEN", 2), ("~DIALED_NO", 64), ("~DIALING_NO", 64),
         ("~SUB_ADDR", 64)),
    IN_REPLY: (("CALL_ID", 2), ("PEER_CALL_ID", 2), *RESULT, *PACE, ("!", 2)),
    IN_CONNECTED: (*PEER, ("CONN_SPEED", 4), *PACE, ("=FRAME_TYPE", 4)),
    CLEAR: (("CALL_ID", 2), ("!", 2)),
    DISCONNECT: (("CALL_ID", 2), *RESULT, ("CAUSE_CODE", 2), ("!", 2), ("~CALL_STATS", 128)),
    WAN_ERROR: (*PEER, ("CRC_ERR", 4), ("FRAMING_ERR", 4), ("HARDWARE_OVERRUN", 4),
                ("BUFFER_OVERRUN", 4), ("TIMEOUT_ERR", 4), ("ALIGN_ERR", 4)),
    LINK_INFO: (*PEER, ("#SEND_ACCM", 4), ("#RECV_ACCM", 4)),
}
NAMES = {"BEARER_TYPE": BEARERS, "FRAME_TYPE": FRAMINGS}
BITS = {"BEARER_CAP": BEARER_FLAGS, "FRAME_CAP": FRAMING_FLAGS}


def parameters_of(pptp: Pptp) -> Options:
    """The fields of the message, by MESSAGES: numbers and texts."""
    found, at = Options(), pptp.off + HEADER_LENGTH
    try:
        for title, width in MESSAGES.get(pptp.control_type, ()):
            octets = pptp.pkt.raw(at, width)
            at += width
            if title == "!":
                continue
            name = {"?": "result", "&": "error"}.get(title, title.lstrip("?&~:=|#").lower())
            found.append(Option(0, name, text_of(octets) if title[0] == "~"
                                else int.from_bytes(octets, "big")))
    except Truncated:
        found.cut = True
    return found


class Pptp(Layer):
    """The header of a control message; its fields are in MESSAGES."""

    __slots__ = ()

    name = "pptp"
    tag = b"pptp"

    message_length = U16(0, unit="bytes")
    message_type = U16(2, "1 control, 2 management")
    cookie = U32(4, "0x1a2b3c4d")
    control_type = U16(8, names=as_text(TYPE_NAMES))
    parameters = Listed(parameters_of, "fields of the control message", keyed=True)

    def parse(self, pkt: Record, off: int) -> None:
        pkt.u16(off + 8)

    def write(self, line: Line) -> None:
        pkt, off = self.pkt, self.off
        line.put(b": pptp")
        if line.style.verbose:
            line.put(b" Length=%d" % pkt.u16(off))
            line.put(named(KIND_NAMES, pkt.u16(off + 2), b" UNKNOWN-MSG-TYPE"))
        cookie = pkt.u32(off + 4)
        if cookie != COOKIE:
            line.put(b" UNEXPECTED Magic-Cookie!!(%08x)" % cookie)
        if line.style.verbose or cookie != COOKIE:
            line.put(b" Magic-Cookie=%08x" % cookie)
        kind = pkt.u16(off + 8)
        line.put(b" CTRL_MSGTYPE=%s" % TYPE_NAMES[kind] if kind in TYPE_NAMES
                 else b" UNKNOWN_CTRL_MSGTYPE(%d)" % kind)
        at = off + 10
        lengths: dict[str, int] = {}  # of the texts that have one, by their titles
        for title, width in (("!", 2), *MESSAGES.get(kind, ())):
            if title[0] == "~":
                line.put(b" %s(" % title[1:].encode())
                write_padded(line, pkt, at, min(width, lengths.get(title[1:], width)))
                line.char(41)
            else:
                number = write_field(line, pkt, at, kind, title, width)
                lengths[title.removesuffix("_LEN")] = number
            at += width


def write_field(line: Line, pkt: Record, at: int, kind: int, title: str, width: int) -> int:
    """One field of a message of a ``kind``, as its title says; the number that it holds."""
    mark, word = (title[0], title[1:]) if title[0] in "!?&:=|#" else ("", title)
    if word == "FRAME_CAP":  # stands there even where the capture ends before it
        line.put(b" FRAME_CAP(")
    number = int.from_bytes(pkt.raw(at, width), "big")
    if mark == "|":
        line.put(b"" if word == "FRAME_CAP" else b" %s(" % word.encode())
        line.put(bit_words(BITS[word], number, b"", b"") + b")")
    elif mark == "!":
        if number:
            line.put(b" [ERROR: reserved=%d must be zero]" % number)
    elif mark in ("?", "&") or word == "REASON":
        names = {"?": RESULT_NAMES.get(kind, {}), "&": ERROR_NAMES}.get(mark, REASON_NAMES)
        label = {"?": b"RESULT_CODE", "&": b"ERR_CODE"}.get(mark, b"REASON")
        meaning = b":%s" % named(names, number, b"?") if line.style.verbose else b""
        line.put(b" %s(%d%s)" % (label, number, meaning))
    elif mark == ":":
        line.put(b" %s(%d.%d)" % (word.encode(), number >> 8, number & 255))
    elif mark == "=":
        line.put(b" %s(%s)" % (word.encode(), named(NAMES[word], number, b"?")))
    elif mark == "#":
        line.put(b" %s(0x%08x)" % (word.encode(), number))
    else:
        line.put(b" %s(%d)" % (word.encode(), number))
    return number
