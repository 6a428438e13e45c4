# cython: boundscheck=True, wraparound=True
"""Room processes/: which owners' packets are wanted (--pid, --process-name, --uid, --container)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from fyke.hints import Any
from fyke.owner import Process
from fyke.source import Source
from fyke.wire import Record

TURN = 4096  # packets that are passed over before the world is looked at
MAX_KNOWN = 1 << 16


class Choice:
    """What is asked of an owner: any of each kind that is given, all kinds.

    ``uids`` are numbers or names. With ``follow`` children of a chosen process are chosen: by
    their parents' pid, or as ``followed`` knows (live: registry.Registry.is_followed).
    """

    def __init__(self, pids: Sequence[int] = (), names: Sequence[str] = (),
                 uids: Sequence[str] = (), containers: Sequence[str] = (), follow: bool = False,
                 followed: Callable[[Process], bool] | None = None) -> None:
        self.pids = set(pids)
        self.names = tuple(names)
        self.uids = set(uids)
        self.containers = tuple(containers)
        self.follow = follow
        self.followed = followed
        self.only_followed = False  #: what is asked for must be followed, too
        self.family: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self.pids or self.names or self.uids or self.containers or self.followed)

    def fits(self, process: Process) -> bool:
        """Whether the process itself is asked for."""
        if not (self.pids or self.names or self.uids or self.containers):
            return False
        return ((not self.pids or process.pid in self.pids)
                and (not self.names or any(fnmatchcase(process.name, one) for one in self.names))
                and (not self.uids or process.user in self.uids or str(process.uid) in self.uids)
                and (not self.containers or self.inside(process)))

    def inside(self, process: Process) -> bool:
        """Whether it is in one of the containers: one of the words begins with what was asked."""
        words = process.container.split()
        return any(word.startswith(asked) for word in words for asked in self.containers if asked)

    def accepts(self, process: Process | None) -> bool:
        """Whether packets of this owner are wanted; those without one are not."""
        if process is None:
            return False
        if self.only_followed and self.followed is not None:
            asked = self.pids or self.names or self.uids or self.containers
            return self.followed(process) and (not asked or self.fits(process))
        if self.fits(process) or (self.followed is not None and self.followed(process)):
            self.family.add(process.pid)
            return True
        if self.follow and self.followed is None and process.parent in self.family | self.pids:
            self.family.add(process.pid)
            return True
        return False


class Chosen(Source):
    """The packets of a source whose owners are wanted."""

    def __init__(self, source: Any, choice: Choice) -> None:
        self.source = source
        self.packets = source
        self.choice = choice
        self.wanted: dict[int, Any] = {}  # by id; the objects are kept so that ids stay theirs
        self.link_type = source.link_type
        self.snaplen = source.snaplen
        self.more = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def next(self, packet: Record) -> bool:
        turn = TURN
        while turn > 0:
            turn -= 1
            if not self.packets.next(packet):
                self.more = False
                return False
            if id(packet.meta) in self.wanted or self.accepts(packet.meta):
                return True
        self.more = True
        return False

    def accepts(self, meta: Any) -> bool:
        """Whether packets that say this are wanted. Who was wanted once stays so."""
        if not self.choice.accepts(getattr(meta, "process", None)):
            return False
        if getattr(meta, "lasting", False):
            if len(self.wanted) >= MAX_KNOWN:
                self.wanted.clear()
            self.wanted[id(meta)] = meta
        return True

    def wait(self, timeout: float | None = None) -> bool:
        if self.more:
            return True
        return bool(self.source.wait(timeout))

    def close(self) -> None:
        self.source.close()
