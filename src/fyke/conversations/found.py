"""Something that was carried in a conversation: a file, a mail; and a name that is safe for it."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

LONGEST_NAME = 100  # characters
LONGEST_SUFFIX = 12
#: Endings for what came without one.
SUFFIXES = {"text/html": ".html", "text/plain": ".txt", "text/css": ".css", "text/xml": ".xml",
            "text/javascript": ".js", "application/javascript": ".js",
            "application/json": ".json", "application/xml": ".xml", "application/pdf": ".pdf",
            "application/zip": ".zip", "application/gzip": ".gz", "image/png": ".png",
            "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
            "image/svg+xml": ".svg", "font/woff2": ".woff2", "video/mp4": ".mp4",
            "message/rfc822": ".eml"}


class Found(NamedTuple):
    """An object. ``name`` is what the packets call it: anything; ``safe_name`` makes it safe."""

    stream: Stream
    side: str  #: who sent it
    protocol: str
    time: int  #: nanoseconds since the epoch
    name: str
    type: str  #: its media type, as it was said; "" if nobody said
    data: bytes
    complete: bool


def safe_name(name: str, type: str = "") -> str:
    """A file name of letters, digits and ``._-``: no folder, no leading dot, not too long."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in last)
    clean = clean.lstrip("._-") or "unnamed"
    stem, dot, suffix = clean.rpartition(".")
    if not dot or not stem or len(suffix) > LONGEST_SUFFIX:
        return clean[:LONGEST_NAME] + SUFFIXES.get(type.partition(";")[0].strip().lower(), "")
    return f"{stem[:LONGEST_NAME - len(suffix) - 1]}.{suffix}"
