"""Messages of text protocols as values: first line, headers, commands and replies.

HTTP (RFC 9112), RTSP (RFC 2326), SIP (RFC 3261): a request or status line, headers, a body.
SMTP (RFC 5321), FTP (RFC 959): commands and replies of lines. One segment is looked at: what it
does not hold is missing.
"""

from __future__ import annotations

from fyke.hints import Any, Callable, NamedTuple
from fyke.late import Pattern
from fyke.layers.cursor import MOST
from fyke.layers.fields import Options

REQUEST = Pattern(rb"([!-~]+)[ \t]+([^ \t]+)(?:[ \t]+([A-Z]+/\d[\d.]*))?[ \t]*")
STATUS = Pattern(rb"([A-Z]+/\d[\d.]*)[ \t]+(\d{3})(?:[ \t]+(.*))?")
REPLY = Pattern(rb"(\d{3})(?:[ -](.*))?")
#: SIP's short names of headers (RFC 3261 §7.3.3 and later).
SHORT_NAMES = {"call-id": "i", "from": "f", "to": "t", "via": "v", "contact": "m",
               "content-type": "c", "content-length": "l", "subject": "s", "supported": "k",
               "content-encoding": "e", "event": "o", "refer-to": "r", "referred-by": "b",
               "allow-events": "u"}


class Header(NamedTuple):
    """A header field, its name as it was sent."""

    name: str
    value: str


class Headers(Options):
    """Header fields in the packet's order; their names are found in any case, ``_`` is ``-``."""

    __slots__ = ()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of the first of that name, or ``default``."""
        wanted = name.lower().replace("_", "-")
        for one in self:
            if one.name.lower() == wanted:
                return one.value
        return default

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return Options.__getitem__(self, key)
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __getattr__(self, name: str) -> Any:
        found = self.get(name)
        if found is None:
            raise AttributeError(f"no header {name!r} here; there are "
                                 f"{', '.join(one.name for one in self) or 'none'}")
        return found

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None if isinstance(key, str) else Options.__contains__(
            self, key)


def words(octets: bytes) -> str:
    """Octets as text; what is no UTF-8 as ``\\xff``."""
    return octets.decode("utf-8", "backslashreplace")


def lines_of(message: Any) -> list[bytes]:
    """The whole lines in front of a body, without their ends; b"" last if all are there."""
    octets = bytes(message.header if message.is_whole else message.text)
    return [line.removesuffix(b"\r") for line in octets.split(b"\n", MOST + 1)[:-1]]


def start_line(message: Any) -> bytes | None:
    """The first line; None if the segment begins in the middle of a message."""
    if not message.is_start:
        return None
    lines = lines_of(message)
    return lines[0] if lines else None


def matched(pattern: Pattern, group: int) -> Callable[[Any], str | None]:
    """Reads a part of the first line; None if it is no such line."""
    def read(message: Any) -> str | None:
        line = start_line(message)
        if line is None or (pattern is REQUEST and STATUS.fullmatch(line)):
            return None
        found = pattern.fullmatch(line)
        return None if found is None or found[group] is None else words(found[group])
    return read


method = matched(REQUEST, 1)
target = matched(REQUEST, 2)
reason = matched(STATUS, 3)
_request_version, _status_version, _status = matched(REQUEST, 3), matched(STATUS, 1), matched(
    STATUS, 2)


def version(message: Any) -> str | None:
    found = _status_version(message)
    return _request_version(message) if found is None else found


def status(message: Any) -> int | None:
    found = _status(message)
    return None if found is None else int(found)


def is_request(message: Any) -> bool | None:
    """None for a segment that goes on with a message."""
    if start_line(message) is None:
        return None
    return _status(message) is None


def headers(message: Any) -> Headers:
    """Every header; ``cut`` if the segment or the capture ends in front of their end."""
    found = Headers()
    if start_line(message) is None:
        return found
    lines = lines_of(message)[1:]
    for line in lines[:MOST]:
        if not line:
            return found
        if line[:1] in b" \t" and found:  # a line that was folded (RFC 9112 §5.2)
            last = found.pop()
            found.append(Header(last.name, f"{last.value} {words(line.strip())}"))
            continue
        name, colon, value = line.partition(b":")
        if colon:
            found.append(Header(words(name.strip()), words(value.strip())))
    found.cut = True
    return found


def header(name: str) -> Callable[[Any], str | None]:
    """Reads the first header of that name; None if there is none."""
    short = SHORT_NAMES.get(name, "")

    def read(message: Any) -> str | None:
        found = headers(message)
        value = found.get(name)
        if value is None and short and message.name == "sip":
            value = found.get(short)
        return value if value is None or isinstance(value, str) else str(value)
    return read


_length = header("content-length")
_host = header("host")


def content_length(message: Any) -> int | None:
    found = _length(message)
    return int(found) if found and found.isascii() and found.isdigit() and len(found) < 19 else None


def uri(message: Any) -> str | None:
    """What was asked for, with the host that the headers say (RFC 9112 §3.3)."""
    asked = target(message)
    if asked is None or not asked.startswith("/"):
        return asked
    host = _host(message)
    return None if host is None else f"http://{host}{asked}"


def dialog_lines(message: Any) -> list[str]:
    """Every whole line of the segment."""
    return [words(line) for line in lines_of(message)[:MOST]]


def reply_code(message: Any) -> int | None:
    lines = lines_of(message)
    found = REPLY.fullmatch(lines[0]) if lines else None
    return None if found is None else int(found[1])


def reply_text(message: Any) -> str | None:
    """The texts of a reply's lines, one below the other."""
    if reply_code(message) is None:
        return None
    texts: list[str] = []
    for line in lines_of(message)[:MOST]:
        found = REPLY.fullmatch(line)
        texts.append(words(line if found is None else found[2] or b""))
    return "\n".join(texts)


def command(message: Any) -> str | None:
    """The first line's first word, if it is one of letters."""
    lines = lines_of(message)
    word = lines[0].split(None, 1)[:1] if lines else []
    return words(word[0]).upper() if word and word[0].isalpha() and len(word[0]) <= 16 else None


def argument(message: Any) -> str | None:
    if command(message) is None:
        return None
    rest = lines_of(message)[0].split(None, 1)[1:]
    return words(rest[0]) if rest else None


def is_reply(message: Any) -> bool:
    return reply_code(message) is not None


def banner(part: int) -> Callable[[Any], str | None]:
    """Reads a part of ``SSH-2.0-software comments`` (RFC 4253 §4.2)."""
    def read(message: Any) -> str | None:
        lines = lines_of(message)
        if not lines or not lines[0].startswith(b"SSH-"):
            return None
        parts = words(lines[0]).split("-", 2)
        return parts[part] if part < len(parts) else None
    return read


def first_text(message: Any) -> str | None:
    lines = lines_of(message)
    return words(lines[0]) if lines else None
