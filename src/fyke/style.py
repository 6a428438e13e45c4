"""Floor 0: how text is to be written: the options of ``fyke dump`` that shape a packet's line."""

from __future__ import annotations

from fyke.hints import Protocol


class Names(Protocol):
    """Turns numbers into names when ``-n`` is not given; None where there is no name."""

    def ipv4(self, addr: int) -> bytes | None: ...
    def ipv6(self, addr: bytes) -> bytes | None: ...
    def ether(self, addr: bytes) -> bytes | None: ...
    def port(self, transport: str, number: int) -> bytes | None: ...


class Style:
    """What a writer of text asks for; decoding never looks at it."""

    __slots__ = ("absolute_seq", "as_dot", "draft_mesh", "link_level", "names", "no_checksums",
                 "no_domains", "no_guessing", "numeric", "one_line", "quiet",
                 "suppress_default", "verbose")

    verbose: int  #: how many -v
    numeric: int  #: how many -n
    quiet: int  #: how many -q
    link_level: bool  #: -e
    absolute_seq: bool  #: -S
    no_checksums: bool  #: -K
    no_domains: bool  #: -N
    as_dot: bool  #: -b: AS numbers in ASDOT notation
    draft_mesh: bool  #: -H: mesh headers of an 802.11s draft
    no_guessing: bool  #: -u: undecoded NFS handles
    one_line: bool  #: -g: no line break after the IPv4 header with -v
    suppress_default: bool  #: hex is asked for anyway (-x -X -A): no hex of unknown payloads
    names: Names | None  #: None with -n

    def __init__(self) -> None:
        self.verbose = 0
        self.numeric = 0
        self.quiet = 0
        self.link_level = False
        self.absolute_seq = False
        self.no_checksums = False
        self.no_domains = False
        self.as_dot = False
        self.draft_mesh = False
        self.no_guessing = False
        self.one_line = False
        self.suppress_default = False
        self.names = None
