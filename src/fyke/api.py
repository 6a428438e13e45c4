"""The public verbs: read, rows, scan, streams, flows, capture, write, interfaces, register.

Wrong arguments raise UsageError (of a wrong type: also a TypeError) before anything is opened.
"""

from __future__ import annotations

from fyke import arguments
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from typing import Literal, Protocol

    from fyke.columns.scan import Scan
    from fyke.conversations.flows import Flows
    from fyke.door.capturing import Capture
    from fyke.door.reading import Reader
    from fyke.door.rows import Rows
    from fyke.door.streaming import Streams
    from fyke.door.writing import Writer
    from fyke.layers.layer import Layer
    from fyke.linktypes import LinkType
    from fyke.live.interfaces import Interface
    from fyke.packet import Packet
    from fyke.source import Source

    class Readable(Protocol):
        """A binary file to read from."""

        def read(self, size: int = ..., /) -> bytes | None: ...

    class Writable(Protocol):
        """A binary file to write to."""

        def write(self, data: bytes, /) -> object: ...

    Path = str | bytes | PathLike[str] | PathLike[bytes]
    Octets = bytes | bytearray | memoryview
    Direction = Literal["inout", "in", "out"]
    Dialect = Literal["pcap", "fyke"]
    Defragment = bool | Literal["rfc", "first", "last", "drop"]


def read(path: Path | Octets | Readable, filter: str | None = None, *,
         dialect: Dialect = "pcap", defragment: Defragment = False) -> Reader:
    """The packets of a pcap or pcapng file, compressed or not.

    ``path`` is a path, "-" for standard input, a binary file object (which stays open), or the
    octets of a capture. ``filter`` is an expression of pcap-filter(7), or with ``dialect`` "fyke"
    of docs/filters.md. ``defragment``: IP datagrams come whole, in the place of their last
    fragment, before the filter sees them; a word says what becomes of overlaps
    (conversations/fragments.py: True is "rfc"). Raises SavefileError for what cannot be opened
    or is no capture, and at a torn end after the last whole packet;
    FilterError for a bad expression; UsageError for wrong arguments.
    """
    from fyke.door.reading import Reader
    wanted = arguments.expression(filter)
    language = arguments.one_of("dialect", dialect, ("pcap", "fyke"))
    source = opened(path, arguments.defragment(defragment))
    try:
        return Reader(source, wanted, language)
    except BaseException:
        source.close()
        raise


def opened(path: Path | Octets | Readable, overlaps: str) -> Source:
    """A Source of a savefile; ``overlaps``: of its whole datagrams."""
    from fyke.files.reader import open_capture
    source: Source = open_capture(path)
    if overlaps:
        from fyke.conversations.fragments import Defragmented
        try:
            return Defragmented(source, overlaps)
        except BaseException:
            source.close()
            raise
    return source


def rows(path: Path | Octets | Readable, names: list[str] | tuple[str, ...],
         filter: str | None = None, *, dialect: Dialect = "pcap",
         defragment: Defragment = False) -> Rows:
    """The packets of a file as rows: for each a tuple of the columns ``names``.

    "time" (nanoseconds), "ip.src", "tcp.dst_port" …: tables/columns.py tells the names; a value
    is None where a packet has none. A name of Wireshark's or of an earlier release that means the
    same is taken, with a FutureWarning that says ours. Raises what ``read`` raises, UsageError for
    an unknown name. Rows are read some at a time, as ``scan`` has them.
    """
    from fyke.columns.opening import machines
    from fyke.columns.schema import as_objects
    from fyke.columns.sources import is_once
    from fyke.door.rows import MANY, Rows
    from fyke.tables.vocabulary import warn
    chosen = as_objects(arguments.words("names", names))
    warn([one.column for one in chosen])
    wanted = arguments.expression(filter)
    kept = machines(wanted, arguments.one_of("dialect", dialect, ("pcap", "fyke")))
    source = opened(path, arguments.defragment(defragment))
    try:
        return Rows(source, chosen, None if kept is None else kept(source),
                    1 if is_once(path) else MANY)
    except BaseException:
        source.close()
        raise


def scan(source: Path | Octets | Readable, columns: list[str] | tuple[str, ...] | None = None, *,
         filter: str | None = None, where: str | None = None, dialect: Dialect = "pcap",
         addresses: Literal["text", "binary"] = "text",
         defragment: Defragment = False) -> Scan:
    """The packets of a file as a table for Arrow, Polars, DuckDB, pandas.

    ``columns``: names as ``rows`` takes them (None: some usual ones); each has one type, which
    ``fyke.schema`` tells. ``filter`` is as of ``read``; ``where`` are tests of columns
    ("ip.ttl < 5 and not tcp.flags.syn", docs/filters.md). ``addresses``: as text in dictionaries,
    or their octets ("binary"). ``defragment``: as ``read`` has it. Raises UsageError for wrong
    arguments and unknown names, FilterError for a bad expression; reading raises what ``read``
    raises.
    """
    from fyke.columns.opening import scan
    from fyke.tables.vocabulary import warn
    names = None if columns is None else arguments.words("columns", columns)
    made = scan(source, names, arguments.expression(filter),
                arguments.one_of("dialect", dialect, ("pcap", "fyke")),
                arguments.one_of("addresses", addresses, ("text", "binary")),
                arguments.defragment(defragment), arguments.expression(where))
    warn(made.columns)
    return made


def schema(columns: list[str] | tuple[str, ...] | None = None, *,
           addresses: Literal["text", "binary"] = "text") -> dict[str, str]:
    """What type each of these columns has in a ``scan``. UsageError for unknown names."""
    from fyke.columns.schema import USUAL, types_of, wanted
    names = USUAL if columns is None else arguments.words("columns", columns)
    return types_of(wanted(names, arguments.one_of("addresses", addresses, ("text", "binary"))))


def streams(source: Path | Octets | Readable | Reader | Capture | Iterable[Packet],
            filter: str | None = None, *, dialect: Dialect = "pcap",
            overlap: Literal["first", "last"] = "first", memory: int = 256 << 20,
            idle: float | None = None) -> Streams:
    """TCP connections and UDP conversations, as values: each when it has ended, or at the end.

    ``source`` is what ``read`` takes, or a Reader, a Capture (live), or packets; ``filter`` is for
    what is opened here. IP fragments are put together first. Of bytes that came twice the
    ``overlap`` "first" or "last" ones count.
    ``memory``: bytes that all that is kept may take; when it is full, the stream that was silent
    for longest (or one that has more than a quarter of it) is handed out early, ``state`` "memory".
    ``idle``: seconds of silence after which one is handed out; None: never in a file, 60 live.
    Raises what ``read`` raises, SavefileError behind the last stream of a damaged file.
    """
    from fyke.door.streaming import make
    return make(source, arguments.expression(filter), arguments.one_of(
        "dialect", dialect, ("pcap", "fyke")), {
            "overlap": arguments.one_of("overlap", overlap, ("first", "last")),
            "memory": arguments.whole("memory", memory, 1 << 16, 1 << 50),
            "idle": arguments.seconds("idle", idle)})


def capture(interface: str, filter: str | None = None, *, dialect: Dialect = "pcap",
            count: int | None = None,
            timeout: float | None = None, snaplen: int = 262144, promiscuous: bool = True,
            buffer_size: int = 8 << 20, immediate: bool = False, direction: Direction = "inout",
            both_ways: bool | None = None, link_type: str | int | LinkType | None = None,
            netns: str | int | None = None, timestamp_type: str = "host",
            fanout: tuple[int, str] | None = None, ring: bool = True, block_timeout: int = 20,
            process: Literal["auto", "ebpf", "proc"] | None = None,
            defragment: Defragment = False, namespace: str | int | None = None) -> Capture:
    """Packets of an interface (a name, an index as text, or "any"), as they come.

    Nothing is opened before ``with``, ``for``, ``next`` or ``open()``. The capture ends after
    ``count`` packets, ``timeout`` seconds after it was opened, or when it is stopped; None is no
    end.

    ``snaplen``: octets kept of a packet. ``promiscuous``: also frames for others. ``buffer_size``:
    octets of the ring. ``immediate``: packets within a millisecond; otherwise the kernel may hold
    them back for ``block_timeout`` milliseconds. ``direction``: "inout", "in" or "out".
    ``both_ways``: what goes over the loopback interface twice; None: with ``process`` only.
    ``link_type``: one of the interface's ``link_types``; None takes the first. ``netns``: a network
    namespace by name, path or process id (``namespace`` is its older name). ``timestamp_type``:
    "host", "adapter" and so on, as ``fyke dump -J`` lists them. ``fanout``: a group's number and
    how it shares packets.
    ``ring``: False reads packet by packet. ``process``: packets say whose they are
    (``packet.process``), by eBPF, by /proc, or by whichever there is. ``defragment``: as ``read``
    has it; the filter runs here then, not in the kernel, and the owner of a datagram is its last
    fragment's. Raises UsageError for wrong arguments; what opening raises, ``Capture.open`` tells.
    """
    from fyke.door.capturing import Capture
    most = 0x7FFFFFFF
    where = netns if netns is not None else namespace
    return Capture(
        arguments.text("interface", interface), arguments.expression(filter),
        arguments.one_of("dialect", dialect, ("pcap", "fyke")),
        arguments.perhaps("count", count, 1, 1 << 62), arguments.seconds("timeout", timeout), {
            "snaplen": arguments.whole("snaplen", snaplen, 0, most),
            "promiscuous": bool(promiscuous),
            "buffer_size": arguments.whole("buffer_size", buffer_size, 0, 1 << 40),
            "immediate": bool(immediate),
            "direction": arguments.one_of("direction", direction, ("inout", "in", "out")),
            "both_ways": process is not None if both_ways is None else bool(both_ways),
            "link_type": None if link_type is None else arguments.link_type(link_type),
            "namespace": None if where is None else arguments.place("netns", where),
            "timestamp_type": arguments.text("timestamp_type", timestamp_type),
            "fanout": arguments.fanout(fanout),
            "ring": bool(ring),
            "block_timeout": arguments.whole("block_timeout", block_timeout, 0, most)},
        "" if not process else arguments.one_of("process", process, ("auto", "ebpf", "proc")),
        arguments.defragment(defragment))


def flows(source: Path | Octets | Readable | Capture | Iterable[Packet],
          filter: str | None = None, *, dialect: Dialect = "pcap", by: str = "5tuple",
          active: float | None = None, idle: float | None = None, capacity: int = 1 << 18,
          names: bool = True, quic: bool = False) -> Flows:
    """Who talked to whom, how much, how long: each Flow when it is at its end.

    ``source`` is what ``read`` takes, a ``capture``, or packets. ``by``: "5tuple" (addresses,
    ports, protocol), "hosts", "ports" (of the server) or "subnet/N"; other than 5tuple give
    Groups, at the end. ``active`` and ``idle`` are NetFlow's time-outs in seconds: a flow is told
    when it goes on for longer than the one, or is silent for longer than the other; None is none,
    and of a capture 1800 and 15. Of more flows than ``capacity`` the least recently seen is told;
    ``counts`` says how often. ``names``: servers have the names that DNS and TLS told before;
    ``quic``: those in QUIC's first packets, too (the extra ``crypto``; 0.2 ms a flow).
    Raises what ``read`` raises; UsageError.
    """
    from fyke.conversations.flows import Flows
    from fyke.door.conversing import source_of
    where, live = source_of(source, arguments.expression(filter),
                            arguments.one_of("dialect", dialect, ("pcap", "fyke")))
    try:
        outs = [arguments.seconds(name, value) for name, value in
                (("active", 1800 if live and active is None else active),
                 ("idle", 15 if live and idle is None else idle))]
        return Flows(where, by=arguments.text("by", by), active=int((outs[0] or 0) * 1e9),
                     idle=int((outs[1] or 0) * 1e9), names=bool(names), quic=bool(quic), live=live,
                     capacity=arguments.whole("capacity", capacity, 1, 1 << 31))
    except BaseException:
        where.close()
        raise


def write(path: Path | Writable, link_type: str | int | LinkType = "EN10MB", *,
          snaplen: int = 262144, format: Literal["pcap", "pcapng"] | None = None,
          nanoseconds: bool = True) -> Writer:
    """A new savefile at a path, on standard output ("-"), or in a binary file object.

    The object stays open: closing the writer flushes it. ``link_type`` is a name, a LINKTYPE
    number or a LinkType such as ``reader.link_type``; ``snaplen`` the most octets of a packet;
    ``format`` None lets the suffix decide (pcap, unless it says pcapng). pcap has nanoseconds, or
    microseconds without ``nanoseconds``. A pcapng file keeps what the files that its packets were
    read from say of interfaces, host and names. Raises OutputError, UsageError.
    """
    from fyke.door.writing import Writer
    from fyke.files.writer import create
    number = arguments.link_type(link_type)
    if format is not None:
        arguments.one_of("format", format, ("pcap", "pcapng"))
    sink = create(path, link_type=number, format=format, nanoseconds=bool(nanoseconds),
                  snaplen=arguments.whole("snaplen", snaplen, 0, arguments.LARGEST_LENGTH),
                  interfaces=[], held=True)
    return Writer(sink, number)


def interfaces(netns: str | int | None = None) -> list[Interface]:
    """The interfaces that ``capture`` takes, the likeliest first, "any" among them.

    ``netns`` is a network namespace by name, path or process id; None is one's own. Raises
    CaptureError.
    """
    from fyke.live.interfaces import interfaces
    return interfaces(None if netns is None else arguments.place("netns", netns))


def register(table: str, key: int, layer: type[Layer]) -> None:
    """Have packets decoded by a layer of one's own, in place of what fyke knows there.

    ``table`` and ``key`` say where it is found: "udp.port", "tcp.port", "ip.proto", "ethertype",
    "link_type" and a number. Of two ports the one registered here wins. UsageError, and nothing
    changed, for a table that no protocol reads, a number that it cannot have, and what is no
    class of Layer that can be made without arguments.
    """
    from fyke.door.registering import register
    register(table, key, layer)
