"""Takes the files out of conversations: HTTP's bodies, mails, what FTP and TFTP carried.

FTP's and TFTP's files come in conversations of their own; what the first ones say about them is
read as it comes, so that a file is known by its name when its conversation ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from fyke.conversations import ftp, tftp_files
from fyke.conversations.assembly import Assembler, Conversation
from fyke.conversations.found import Found
from fyke.conversations.http import is_http
from fyke.conversations.mail import is_mail, mails
from fyke.conversations.segments import Segment
from fyke.conversations.streams import Stream, assembler, of_source
from fyke.conversations.web_files import web_files
from fyke.errors import UsageError
from fyke.source import Source

WATCHED = frozenset((ftp.PORT, tftp_files.PORT))


class Watched:
    """A conversation that says what others carry."""

    def __init__(self, one: Conversation) -> None:
        told = Stream(one, "")
        self.conversation = one
        self.client, self.server = told.client, told.server
        self.control = ftp.Control(told.client.address, told.server.address)
        self.read = 0  #: segments of it that were read


class Extraction:
    """The files of a source, as their conversations end; at most ``most`` bytes of each."""

    def __init__(self, most: int, memory: int, overlap: str = "first") -> None:
        self.most = most
        self.table: Assembler = assembler(memory=memory, overlap=overlap, watch=WATCHED)
        self.watched: dict[tuple[str, int], Watched] = {}
        self.transfers = ftp.Transfers()
        self.requests = tftp_files.Requests()

    def run(self, source: Source, missing: list[str]) -> Iterator[Found]:
        """All of them. A damaged source raises SavefileError behind the last.

        What a conversation cannot be read for (a library) is put into ``missing``.
        """
        for one in of_source(source, self.table):
            yield from self.of(one, missing)

    def of(self, one: Stream, missing: list[str]) -> Iterator[Found]:
        """What one carried, as far as there are libraries to read it."""
        try:
            yield from self.files(one)
        except UsageError as error:
            missing.append(str(error))

    def files(self, one: Stream) -> Iterator[Found]:
        """What one conversation carried."""
        self.listen(one)
        if one.protocol == "udp":
            found = self.requests.file(one, self.most)
        else:
            found = self.transfers.file(one, self.most)
        if found is not None:
            yield found
        elif is_http(one):
            yield from web_files(one, self.most)
        elif is_mail(one):
            yield from mails(one, self.most)

    def listen(self, ended: Stream) -> None:
        """Read what is new of those that are watched."""
        for new in self.table.watched:
            self.watched[new.protocol, new.number] = Watched(new)
        self.table.watched.clear()
        key = ended.protocol, ended.number
        for name, one in list(self.watched.items()):
            segments = ended.segments if name == key else one.conversation.segments
            self.hear(one, segments[one.read:])
            one.read = len(segments)
            if name == key:
                one.read = 0
                if ended.state not in ("memory", "closed", "reset"):
                    del self.watched[name]

    def hear(self, one: Watched, segments: list[Segment]) -> None:
        """More of one that is watched."""
        for segment in segments:
            if one.conversation.protocol == "tcp":
                for ends, name in one.control.take(segment):
                    self.transfers.announce(ends, name)
            else:
                self.requests.take(one.client if segment.side == "client" else one.server, segment)
