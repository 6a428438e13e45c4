"""The bodies of HTTP messages, without chunks and codings, under the names that they had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from fyke.conversations.coding import decoded
from fyke.conversations.found import Found
from fyke.conversations.http import HttpMessage, http_messages
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

#: Content-Disposition's two ways to give a name (RFC 6266 §4.3); the second may be in any charset.
FILENAME = re.compile(r"""filename\s*=\s*(?:"((?:[^"\\]|\\.){0,1024})"|([^;\s]{1,1024}))""", re.I)
EXTENDED = re.compile(r"filename\*\s*=\s*[\w-]{1,40}'[\w-]{0,40}'([^;\s]{1,3072})", re.I)


def web_files(stream: Stream, most: int) -> Iterator[Found]:
    """Every body that is not empty; at most ``most`` bytes of each."""
    for one in http_messages(stream):
        if not one.body:
            continue
        data, whole = decoded(one.body, one.header("content-encoding") or "", most)
        if not one.header("content-encoding"):
            whole = len(one.body) <= most
        yield Found(stream, one.side, "http", one.time, name_of(one),
                    one.header("content-type") or "", data, one.complete and whole)


def name_of(one: HttpMessage) -> str:
    """What the message calls its body, else what was asked for."""
    told = one.header("content-disposition") or ""
    extended = EXTENDED.search(told)
    if extended is not None:
        return unquote(extended[1])
    plain = FILENAME.search(told)
    if plain is not None:
        return plain[1] or plain[2] or ""
    target = one.target or (one.request.target if one.request is not None else "")
    try:
        path = unquote(urlsplit(target).path)
    except ValueError:
        path = ""
    return path if path.rstrip("/") else "index"
