"""Floor 1: whose packet it is: the process that sent it, or that it is for."""

from __future__ import annotations

from fyke.hints import NamedTuple

#: Who said it, and how sure that is: eBPF programs that saw the process use the socket; the same,
#: of a socket that several processes use, or whose connection nobody took from the listener in
#: time; /proc, which tells who held the socket when it was asked.
EBPF = "ebpf"
SHARED = "shared"
LISTENER = "listener"
PROC = "proc"
SOURCES = (EBPF, SHARED, LISTENER, PROC)


def visible(text: str, besides: str = "") -> str:
    """A text that somebody else chose, without control characters and those ``besides``."""
    return "".join(c if c.isprintable() and c not in besides else
                   f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text)


class Process(NamedTuple):
    """A process and the thread that used the socket. Names are as the process chose them."""

    pid: int
    tid: int  #: the thread; the same as ``pid`` where it is not known
    name: str
    uid: int
    source: str  #: one of SOURCES
    user: str = ""  #: the name of ``uid``, or its digits
    parent: int = 0  #: pid of the parent
    parent_name: str = ""
    start: int = 0  #: when it began, in nanoseconds since the epoch; 0: not known
    cgroup: str = ""  #: path of its control group
    container: str = ""  #: "docker 3f3f3f3f3f3f", "pod … containerd …", "podman …", a systemd unit
    arguments: tuple[str, ...] = ()  #: only where they were asked for

    @property
    def sure(self) -> bool:
        """Whether the kernel saw this very process use the socket."""
        return self.source == EBPF

    def label(self) -> str:
        """``curl.1234``, with ``?`` where it is not sure."""
        return f"{self.name}.{self.pid}{'' if self.sure else '?'}"

    def words(self) -> str:
        """Who it is, in one line that may go to a terminal."""
        more = [f"user {self.user or self.uid}"]
        if self.parent:
            more.append(f"parent {self.parent_name}.{self.parent}")
        if self.container:
            more.append(self.container)
        return visible(f"{self.label()}, {', '.join(more)}, by {self.source}")

    def to_dict(self) -> dict[str, object]:
        """Everything by name, for JSON."""
        return {**self._asdict(), "arguments": list(self.arguments)}
