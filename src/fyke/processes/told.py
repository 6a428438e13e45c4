"""Room processes/: what a packet carries of its owner: ``packet.meta``, and what a file says.

One such object serves all packets of an owner in one direction.
"""

from __future__ import annotations

import struct

from fyke.files import pcapng_blocks as blocks
from fyke.files.pcapng_options import PacketOptions
from fyke.owner import Process

DIRECTIONS = {True: 2, False: 1}  # epb_flags, bits 0 and 1


class Told(PacketOptions):
    """A pcapng packet's options that say whose it is; ``interface_name`` is for the line."""

    __slots__ = ("interface_name",)

    lasting = True
    __hash__ = object.__hash__  # type: ignore[assignment]  # one stands for all packets like it

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def comments(self) -> list[str]:
        """Nobody wrote one: the owner is put into words for the file only."""
        return []

    def __init__(self, process: Process | None, outgoing: bool, interface_name: str) -> None:
        super().__init__((), process)
        self.interface_name = interface_name
        if process is not None:
            self.comment(process.words())
            self.set(blocks.EPB_FLAGS, DIRECTIONS[outgoing], size=4)
            self.set(blocks.EPB_PROCESS, struct.pack("<II", process.pid, process.tid))
        else:
            self.set(blocks.EPB_FLAGS, DIRECTIONS[outgoing], size=4)
