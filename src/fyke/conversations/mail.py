"""Mails that SMTP carried (RFC 5321, BDAT: RFC 3030), and what is attached to them (MIME)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import MessageError
from itertools import islice

from fyke.conversations.found import Found
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

PORTS = (25, 587, 2525)
LONGEST_COMMAND = 8192  # bytes
END = re.compile(rb"(?:^|\r\n)\.\r\n")
BEGUN = re.compile(rb"^354", re.M)  # the answer to DATA: go on
CHUNK = re.compile(rb"BDAT +(\d{1,18})( +LAST)?\s*$", re.I)
MOST_MAILS = 10_000  # of one stream
MOST_PARTS = 1000  # of one mail
UNREADABLE = (MessageError, RecursionError, ValueError, LookupError, TypeError)  # what email raises
MOST_WORK = 50_000_000  # lines times boundaries: each line is held against each boundary


def is_mail(stream: Stream) -> bool:
    """Whether it is SMTP: by its port, or by how both begin."""
    if stream.protocol != "tcp":
        return False
    if stream.server.port in PORTS:
        return True
    first = stream.data("client")[:5].upper()
    return first in (b"EHLO ", b"HELO ") and stream.data("server").startswith(b"220")


def mails(stream: Stream, most: int) -> Iterator[Found]:
    """Each mail that the client sent, and behind it what is attached to it."""
    for one in whole_mails(stream, most):
        yield one
        yield from attachments(one, most)


def whole_mails(stream: Stream, most: int) -> Iterator[Found]:
    """Each mail that the client sent, dots undone; up to the first gap."""
    runs = stream.runs("client")
    if not runs or runs[0][0]:
        return
    data = runs[0][1]
    answers = stream.data("server")
    refused = bool(answers) and BEGUN.search(answers) is None
    at = count = 0
    chunks: list[bytes] = []
    while at < len(data) and count < MOST_MAILS:
        stop = data.find(b"\n", at, at + LONGEST_COMMAND)
        if stop < 0:
            return
        line = data[at:stop].strip()
        at = stop + 1
        chunk = CHUNK.match(line)
        if chunk is not None:
            size = int(chunk[1])
            chunks.append(data[at:at + size])
            whole = at + size <= len(data)
            at += size
            if chunk[2] or not whole:
                yield mail(stream, b"".join(chunks), most, whole)
                chunks = []
                count += 1
        elif line.upper() == b"DATA" and not refused:
            end = END.search(data, at)
            text = data[at:] if end is None else data[at:end.start() + 2 * (end.start() >= at)]
            if end is not None and end.start() == at and data.startswith(b".\r\n", at):
                text = b""
            yield mail(stream, undotted(text), most, end is not None)
            count += 1
            at = len(data) if end is None else end.end()
        elif line.upper() == b"STARTTLS":
            return


def undotted(text: bytes) -> bytes:
    """Without the dot that stands before a dot (RFC 5321 §4.5.2)."""
    text = text.replace(b"\r\n..", b"\r\n.")
    return text[1:] if text.startswith(b"..") else text


def mail(stream: Stream, data: bytes, most: int, whole: bool) -> Found:
    return Found(stream, "client", "smtp", stream.start, "mail.eml", "message/rfc822",
                 data[:most], whole and len(data) <= most)


def attachments(of: Found, most: int) -> Iterator[Found]:
    """The parts of a mail that have a file name (RFC 2183, RFC 2231), their coding undone."""
    if of.data.count(b"\n") * of.data.count(b"boundary") > MOST_WORK:
        return
    from email import message_from_bytes
    try:
        parts = list(islice(message_from_bytes(of.data).walk(), MOST_PARTS))
    except UNREADABLE:
        return  # the mail itself is there
    for part in parts:
        try:
            name = None if part.is_multipart() else part.get_filename()
            if not name:
                continue
            data: Any = part.get_payload(decode=True)
            yield Found(of.stream, of.side, of.protocol, of.time, plain(name),
                        part.get_content_type(), data[:most], of.complete and len(data) <= most)
        except UNREADABLE:
            continue


def plain(name: str) -> str:
    """A name without RFC 2047's coding, which many programs use for file names."""
    from email.header import decode_header, make_header
    return str(make_header(decode_header(name)))
