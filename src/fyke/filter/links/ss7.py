"""Signalling System 7: MTP2 frames (ITU-T Q.703), perhaps behind another header."""

from __future__ import annotations

from fyke.filter.links.link import Link
from fyke.linktypes import LinkType


class Mtp2(Link):
    """``prefix`` octets come before the frame."""

    def __init__(self, link_type: LinkType, prefix: int) -> None:
        super().__init__(link_type)
        self.prefix = prefix
