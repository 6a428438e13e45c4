"""Room files/: what a pcapng source says beside its packets, into files that follow each other.

Names and secrets are needed wherever packets are that come after them, so every new file begins
with those known so far. Everything else stands once, in the file that is being written when it
comes.
"""

from __future__ import annotations

from fyke.files.pcapng_blocks import DECRYPTION_SECRETS, NAME_RESOLUTION
from fyke.files.pcapng_options import Block, Section
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fyke.files.pcapng_writer import PcapngWriter

REPEATED = (NAME_RESOLUTION, DECRYPTION_SECRETS)

#: Octets of names and secrets that are repeated; what comes beyond stands once.
MAX_REPEATED = 16 << 20

#: What an item costs besides its body, in octets.
ITEM_OVERHEAD = 200

#: Octets of blocks that wait for a file; what comes beyond is left out.
MAX_WAITING = 16 << 20


class Carrier:
    """Hands everything that is no packet in ``source`` to the files made of it.

    Each file that is opened is told with ``begin``; closed ones are forgotten. ``left_out``
    counts what is in no file.
    """

    def __init__(self, source: Any) -> None:
        self.files: list[PcapngWriter] = []
        self.repeated: list[Block] = []
        self.size = 0
        self.waiting: list[Any] = []  #: until there is a file
        self.waiting_size = 0
        self.dropped = 0
        if hasattr(source, "carry_to"):
            source.carry_to(self.take)

    def begin(self, writer: PcapngWriter) -> None:
        """A file was opened: it gets what is to be repeated, and from now on what comes."""
        self.files = [file for file in self.files if not file.closed]
        self.files.append(writer)
        for block in self.repeated:
            writer.carry(block)
        waiting, self.waiting, self.waiting_size = self.waiting, [], 0
        for item in waiting:
            self.take(item)

    def take(self, item: Any) -> None:
        """One item of the source."""
        files = [file for file in self.files if not file.closed]
        if isinstance(item, Section):  # names and secrets are those of a section
            self.repeated.clear()
            self.size = 0
        elif isinstance(item, Block) and item.kind in REPEATED:
            self.size += ITEM_OVERHEAD + len(item.body)
            if self.size <= MAX_REPEATED:
                self.repeated.append(item)
        else:
            files = files[-1:]
        if not files and not isinstance(item, Section) and (
                not self.repeated or self.repeated[-1] is not item):
            self.keep(item)
        for file in files:
            sections = file.sections
            file.carry(item)
            if file.sections > sections:  # one of the other byte order began for the item
                for block in self.repeated:
                    file.carry(block)

    def keep(self, item: Any) -> None:
        """Let the item wait for a file."""
        self.waiting_size += ITEM_OVERHEAD + len(getattr(item, "body", b""))
        if self.waiting_size > MAX_WAITING:
            self.dropped += 1
        else:
            self.waiting.append(item)

    @property
    def left_out(self) -> int:
        return self.dropped + len(self.waiting)
