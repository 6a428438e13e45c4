"""Undoes what HTTP does to bodies (RFC 9110 §8.4): gzip, deflate, br, zstd; bounded."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from fyke.errors import UsageError
from fyke.hints import Any

MOST_CODINGS = 8  # one over the other; more is nobody's
LARGEST_BETWEEN = 64 << 20  # bytes between two codings
STEP = 64 << 10  # bytes that are given to a decoder at a time

#: Takes bytes and the most that it may give: what came out so far, None behind the end.
Decoder = Callable[[bytes, int], bytes | None]


def decoded(data: bytes, codings: str, most: int) -> tuple[bytes, bool]:
    """The content, at most ``most`` bytes, and whether that is all of it.

    A coding that is not known, and what is damaged, ends it: what came out before is given.
    """
    names = [name.strip().lower() for name in codings.split(",") if name.strip()]
    whole = len(names) <= MOST_CODINGS
    names = [name for name in names[:MOST_CODINGS] if name != "identity"]
    while names:
        maker = DECODERS.get(names.pop())
        if maker is None:
            return data[:most], False
        data, well = undo(maker(), data, max(most, LARGEST_BETWEEN) if names else most)
        whole = whole and well
    return data[:most], whole and len(data) <= most


def undo(decode: Decoder, data: bytes, most: int) -> tuple[bytes, bool]:
    """Through one decoder: what came out, and whether it came to its end."""
    parts: list[bytes] = []
    left = most
    for at in range(0, len(data), STEP):
        piece = data[at:at + STEP]
        while True:
            try:
                out = decode(piece, left + 1)
            except UsageError:
                raise
            except Exception:  # each library has its own error for damage
                return b"".join(parts), False
            if out is None:  # the end of the stream
                return b"".join(parts), True
            piece = b""
            if not out:
                break
            if len(out) > left:
                parts.append(out[:left])
                return b"".join(parts), False
            parts.append(out)
            left -= len(out)
    return b"".join(parts), False


class Deflated:
    """gzip and zlib, and the bare deflate that some servers send for it."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.made: Any = None
        self.rest = b""

    def __call__(self, data: bytes, most: int) -> bytes | None:
        if self.made is None:
            bits = self.bits
            if bits == zlib.MAX_WBITS and (len(data) < 2 or int.from_bytes(data[:2], "big") % 31
                                           or data[0] & 15 != zlib.DEFLATED):
                bits = -zlib.MAX_WBITS
            self.made = zlib.decompressobj(bits)
        if self.made.eof:
            return None
        out: bytes = self.made.decompress(self.made.unconsumed_tail + data, most)
        if not out and self.made.eof:
            return None
        return out


def brotli() -> Decoder:
    try:
        from brotli import Decompressor
    except ImportError:
        raise UsageError("a body is packed with br: pip install 'fyke[web]'") from None
    made = Decompressor()

    def decode(data: bytes, most: int) -> bytes | None:
        if made.is_finished():
            return None
        if not data and made.can_accept_more_data():
            return b""
        out: bytes = made.process(data, output_buffer_limit=most)
        return None if not out and made.is_finished() else out

    return decode


def zstandard() -> Decoder:
    try:
        from zstandard import ZstdDecompressor
    except ImportError:
        raise UsageError("a body is packed with zstd: pip install 'fyke[zstd]'") from None
    from io import BytesIO
    feed = BytesIO()
    reader = ZstdDecompressor(max_window_size=1 << 27).stream_reader(feed)

    def decode(data: bytes, most: int) -> bytes | None:
        at = feed.tell()
        feed.seek(0, 2)
        feed.write(data)
        feed.seek(at)
        out: bytes = reader.read(min(most, STEP))
        return out

    return decode


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: Deflated(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: Deflated(zlib.MAX_WBITS | 16),
    "deflate": lambda: Deflated(zlib.MAX_WBITS),
    "br": brotli,
    "zstd": zstandard,
}
