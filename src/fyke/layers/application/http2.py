"""HTTP/2 (RFC 9113): the connection preface and the headers of frames.

tcpdump has no text for it: found where values are asked, printed with -T http2. Header blocks are
compressed with the state of a connection (RFC 7541), so one segment alone does not tell them.
"""

from __future__ import annotations

from fyke.hints import Any, NamedTuple
from fyke.layers.cursor import MOST, Cursor, Malformed
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.summary import Summarised
from fyke.wire import Record, Truncated

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEADER = 9
SETTINGS, GOAWAY, RST_STREAM, WINDOW_UPDATE = 4, 7, 3, 8
ACK = 1  # flag of SETTINGS and PING
TYPES = {0: "data", 1: "headers", 2: "priority", 3: "rst_stream", 4: "settings",
         5: "push_promise", 6: "ping", 7: "goaway", 8: "window_update", 9: "continuation",
         10: "altsvc", 12: "origin", 16: "priority_update"}
SETTING_NAMES = {1: "header_table_size", 2: "enable_push", 3: "max_concurrent_streams",
                 4: "initial_window_size", 5: "max_frame_size", 6: "max_header_list_size",
                 8: "enable_connect_protocol", 9: "no_rfc7540_priorities"}
ERRORS = {0: "no_error", 1: "protocol_error", 2: "internal_error", 3: "flow_control_error",
          4: "settings_timeout", 5: "stream_closed", 6: "frame_size_error", 7: "refused_stream",
          8: "cancel", 9: "compression_error", 10: "connect_error", 11: "enhance_your_calm",
          12: "inadequate_security", 13: "http_1_1_required"}
MOST_LENGTH = 1 << 14  # of a frame, unless a setting allows more


class Frame(NamedTuple):
    """A frame's header (RFC 9113 §4.1)."""

    type: int
    name: str
    flags: int
    stream: int
    length: int  #: octets behind the header


class Setting(NamedTuple):
    """A parameter (RFC 9113 §6.5)."""

    kind: int
    name: str
    value: int


def read_frames(http: Http2) -> tuple[Options, list[int]]:
    """The frames, and where their contents begin; ``cut`` if the last goes on."""
    found = Options()
    starts: list[int] = []
    start = http.off + (len(PREFACE) if http.preface else 0)
    try:
        cursor = Cursor(http.pkt, start, http.off + http.size)
        while cursor.left:
            if len(found) == MOST:
                raise Malformed("too many frames")
            length, kind, flags = cursor.u24(), cursor.u8(), cursor.u8()
            stream = cursor.u32() & 0x7FFFFFFF
            found.append(Frame(kind, TYPES.get(kind, f"unknown_{kind}"), flags, stream, length))
            starts.append(cursor.at)
            cursor.step(length)
        found.cut = not http.pkt.has(http.off, http.size)
    except (Malformed, Truncated):
        found.cut = True
    return found, starts


def frames_of(http: Http2) -> Options:
    return read_frames(http)[0]


def settings_of(http: Http2) -> Options | None:
    """The parameters of the first SETTINGS frame that is no acknowledgement."""
    frames, starts = read_frames(http)
    for frame, at in zip(frames, starts, strict=True):
        if frame.type == SETTINGS and not frame.flags & ACK:
            found = Options()
            for place in range(at, at + min(frame.length, 6 * MOST) // 6 * 6, 6):
                kind = http.pkt.u16(place)
                found.append(Setting(kind, SETTING_NAMES.get(kind, f"unknown_{kind}"),
                                     http.pkt.u32(place + 2)))
            return found
    return None


def error_code(http: Http2) -> int | None:
    """Of the first frame that ends a stream or the connection."""
    frames, starts = read_frames(http)
    for frame, at in zip(frames, starts, strict=True):
        if frame.type == GOAWAY and frame.length >= 8:
            return http.pkt.u32(at + 4)
        if frame.type == RST_STREAM and frame.length == 4:
            return http.pkt.u32(at)
    return None


def first(field: str) -> Any:
    """Reads something of the first frame."""
    def read(http: Http2) -> Any:
        frames = frames_of(http)
        return getattr(frames[0], field) if frames else None
    return read


class Http2(Summarised):
    """The preface, and the frames that begin in the segment."""

    __slots__ = ()

    name = "http2"
    tag = b"http2"
    title = b"HTTP/2"
    told = ("types", "stream", "error_code")

    preface = Made("bool", lambda http: http.size >= len(PREFACE) and http.pkt.has(
        http.off, len(PREFACE)) and http.pkt.raw(http.off, len(PREFACE)) == PREFACE,
                   "a client's first octets (RFC 9113 §3.4)")
    type = Made("u8", first("type"), "of the first frame", names=TYPES)
    stream = Made("u32", first("stream"), "of the first frame")
    types = Made("list", lambda http: [frame.name for frame in frames_of(http)], "of all frames")
    frames = Listed(frames_of, "every frame that begins in the segment")
    settings = Listed(settings_of, "parameters of the first settings", keyed=True)
    error_code = Made("u32", error_code, "why a stream or the connection ends", names=ERRORS)

    @staticmethod
    def claims(pkt: Record, at: int, size: int) -> bool:
        whole = size >= len(PREFACE) and pkt.has(at, len(PREFACE))
        return (whole and pkt.raw(at, len(PREFACE)) == PREFACE) or is_server_preface(pkt, at, size)

    def parse(self, pkt: Record, off: int) -> None:
        if not self.preface:
            pkt.raw(off, FRAME_HEADER)


def is_server_preface(pkt: Record, at: int, size: int) -> bool:
    """A server begins with SETTINGS, which belongs to no stream (RFC 9113 §3.4)."""
    if size < FRAME_HEADER or pkt.u8(at + 3) != SETTINGS or pkt.u32(at + 5):
        return False
    length, flags = pkt.u24(at), pkt.u8(at + 4)
    if flags == ACK:
        return length == 0
    return flags == 0 and length % 6 == 0 and 0 < length <= size - FRAME_HEADER and all(
        pkt.u16(place) in SETTING_NAMES for place in range(at + 9, at + 9 + min(length, 60), 6))
