"""--process: whose a packet is, on its line: ``eth0 curl.1234 Out IP …``."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, Any
from fyke.wire import Line, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.dump.origins import Origins
    from fyke.owner import Process

LINKTYPE_LINUX_SLL2 = 276  # its text begins with the interface
LINKTYPE_LINUX_SLL = 113
DIRECTIONS = {"in": b"In  ", "out": b"Out "}
MAX_NAME = 64
MAX_WORDS = 4  # of a container
NOBODY = b"-"


class Owners:
    """Writes owners into lines.

    ``interfaces`` are those of the savefile at hand; live packets bring their interface's name.
    ``origins`` tell several taps apart.
    """

    def __init__(self) -> None:
        self.interfaces: Sequence[Any] = ()
        self.origins: Origins | None = None

    def write(self, line: Line, start: int, packet: Record) -> None:
        """Put the owner into a line whose packet begins at ``start``, behind the interface."""
        label = b"" if self.origins is None else self.origins.label(packet.interface)
        text = bytes(line.buf[start:line.pos])
        line.rewind(start)
        line.start = start  # bounded: the text was, and names are
        if packet.link_type == LINKTYPE_LINUX_SLL2:
            name, _, text = text.partition(b" ")
            line.put(label + name + b" ")
            text = text.lstrip(b" ")
        else:
            name = label.rstrip() or clean(getattr(packet.meta, "interface_name", "")
                                           or self.name_of(packet))
            if name:
                line.put(name + b" ")
        line.put(self.label(getattr(packet.meta, "process", None), line.style.verbose) + b" ")
        if packet.link_type != LINKTYPE_LINUX_SLL2 and (
                packet.link_type != LINKTYPE_LINUX_SLL or not line.style.link_level):
            line.put(DIRECTIONS.get(getattr(packet.meta, "direction", ""), b""))
        line.start = line.pos
        line.put(text)

    def name_of(self, packet: Record) -> str:
        """The name of a savefile's interface."""
        known = packet.interface < len(self.interfaces)
        return str(self.interfaces[packet.interface].name) if known else ""

    def label(self, process: Process | None, verbose: int) -> bytes:
        """``curl.1234``; with -v who is behind it."""
        if process is None:
            return NOBODY
        label = clean(process.name) + f".{process.pid}{'' if process.sure else '?'}".encode()
        if not verbose:
            return label
        more = [clean(process.user or str(process.uid))]
        if process.parent:
            more.append(b"parent %s.%d" % (clean(process.parent_name), process.parent))
        if process.container:
            words = process.container.split(" ")[:MAX_WORDS]  # "pod … containerd …"
            more.append(b" ".join(map(clean, words)))
        if process.arguments:
            more.append(b"args " + b" ".join(map(clean, process.arguments)))
        return label + b" (" + b", ".join(more) + b")"

    def besides(self, meta: Any, comments: Sequence[str]) -> Sequence[str]:
        """The comments without the one that only says what the line says."""
        process = getattr(meta, "process", None)
        if process is None or not comments:
            return comments
        said = process.words()
        return [words for words in comments if words != said]


def clean(name: str) -> bytes:
    """A name that somebody chose, for a line: no blanks, nothing that steers a terminal."""
    if not name.isprintable() or " " in name:
        name = "".join(c if c.isprintable() and c != " " else
                       c.encode("unicode_escape").decode() if c != " " else "\\x20" for c in name)
    return name[:MAX_NAME].encode("utf-8", "replace")
