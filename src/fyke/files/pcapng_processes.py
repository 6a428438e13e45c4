"""Room files/: processes in pcapng: a block that describes one, and the option of its packets.

The block is Wireshark's process information block, a custom block of its enterprise number
(32622, entry type 3, all numbers little endian), proposed to the IETF for draft-ietf-opsawg-pcap.
The option is epb_processid_threadid (8) of draft-ietf-opsawg-pcapng. What neither has room for
(who said it, container, control group) stands in the block's comment.
"""

from __future__ import annotations

import struct

from fyke.files import pcapng_blocks as blocks
from fyke.files import pcapng_options as options
from fyke.owner import EBPF, SOURCES, Process, visible

ENTERPRISE = 32622  # https://www.iana.org/assignments/enterprise-numbers: Wireshark Foundation
ENTRY_PROCESS = 3
NAME, PATH, COMMAND_LINE, PARENT, UID, USER, UUID, START = range(2, 10)
HEADER = struct.Struct("<III")  # enterprise, entry type, length of what follows
NUMBER = struct.Struct("<I")
TIME = struct.Struct("<Q")
IDS = struct.Struct("<II")
SEPARATOR = "; "
MAX_PROCESSES = 1 << 16  # of one file that are kept


def process_block(process: Process) -> options.Block:
    """The block that describes a process; arguments only if it has them."""
    told: list[options.Option] = [(NAME, process.name.encode("utf-8", "surrogateescape"))]
    if process.arguments:
        words = [word.encode("utf-8", "surrogateescape") + b"\0" for word in process.arguments]
        told.append((COMMAND_LINE, b"".join(words)))
    if process.parent:
        told.append((PARENT, NUMBER.pack(process.parent)))
    told.append((UID, NUMBER.pack(process.uid)))
    if process.user:
        told.append((USER, process.user.encode("utf-8", "surrogateescape")))
    if process.start > 0:
        told.append((START, TIME.pack(process.start)))
    words_more = [f"by {process.source}"]
    if process.parent_name:
        words_more.append(f"parent {visible(process.parent_name, SEPARATOR.strip())}")
    if process.container:
        words_more.append(f"container {process.container}")
    if process.cgroup:
        words_more.append(f"cgroup {process.cgroup}")
    told.append((blocks.COMMENT, SEPARATOR.join(words_more).encode("utf-8", "surrogateescape")))
    entry = NUMBER.pack(process.pid) + options.encode(blocks.CUSTOM, told, False)
    body = HEADER.pack(ENTERPRISE, ENTRY_PROCESS, len(entry)) + entry
    return options.Block(blocks.CUSTOM, body, False)


def is_process(body: bytes, big: bool) -> bool:
    """Whether a custom block's body describes a process."""
    return (len(body) >= HEADER.size + 4
            and int.from_bytes(body[:4], "big" if big else "little") == ENTERPRISE
            and int.from_bytes(body[4:8], "little") == ENTRY_PROCESS)


def process_of(body: bytes) -> Process | None:
    """The process that a custom block's body describes; None where it is cut off."""
    length = int.from_bytes(body[8:12], "little")
    entry = body[HEADER.size:HEADER.size + length]
    if len(entry) < 4:
        return None
    pid = NUMBER.unpack_from(entry)[0]
    try:
        told = options.parse(blocks.CUSTOM, entry[4:], False)
    except options.BadOption as error:
        told = error.found
    found = options.Options(told)
    more = comment_words(found.text(blocks.COMMENT))
    arguments = found.all(COMMAND_LINE)
    source = more.get("by", EBPF)
    return Process(
        pid, pid, found.text(NAME), found.number(UID) or 0, source if source in SOURCES else "",
        found.text(USER), found.number(PARENT) or 0, more.get("parent", ""),
        found.number(START) or 0, more.get("cgroup", ""), more.get("container", ""),
        tuple(options.text(word) for word in arguments[0].rstrip(b"\0").split(b"\0"))
        if arguments else ())


def comment_words(comment: str) -> dict[str, str]:
    """What the comment says, by its first words; the control group is the last."""
    front, _, group = comment.partition(f"{SEPARATOR}cgroup ")
    found = {}
    for part in front.split(SEPARATOR):
        key, _, value = part.partition(" ")
        found[key] = value
    if group:
        found["cgroup"] = group
    return found


class Processes:
    """The processes that a file's blocks described so far, for the packets behind them."""

    def __init__(self) -> None:
        self.by_pid: dict[int, Process] = {}
        self.told: dict[tuple[Process | None, int, int, str], Process] = {}

    def add(self, body: bytes) -> None:
        """A block that describes one."""
        found = process_of(body)
        if found is not None and len(self.by_pid) < MAX_PROCESSES:
            self.by_pid[found.pid] = found

    def owner(self, packet: options.PacketOptions) -> Process | None:
        """Whose a packet is that has the option; the same object each time."""
        values = packet.all(blocks.EPB_PROCESS)
        if not values or len(values[0]) != IDS.size:
            return None
        pid, tid = IDS.unpack(values[0])
        known = self.by_pid.get(pid)
        source = self.source(packet, pid)
        key = (known, pid, tid, source)
        found = self.told.get(key)
        if found is None:
            if len(self.told) >= MAX_PROCESSES:
                self.told.clear()
            found = known or Process(pid, tid, "", 0, "")
            found = self.told[key] = found._replace(tid=tid, source=source or found.source)
        return found

    @staticmethod
    def source(packet: options.PacketOptions, pid: int) -> str:
        """Who said it, by fyke's comment on the packet; "" where there is none."""
        for words in packet.comments:
            label, _, source = words.rpartition(", by ")
            if source in SOURCES and f".{pid}" in label:
                return source
        return ""
