"""The options of ``fyke dump``: one row each, which is also the attribute that holds its value.

From a row follow parsing, --help, the manual page, completion, and what is said when it has no
effect. ``cli/flags.py`` reads a command line by them. What an option ``needs`` are alternatives,
one of which must be true of the run: CONDITIONS says what they mean.
"""

from __future__ import annotations

from fyke.hints import Any

#: What may be true of a run, and what an option that needs it is about.
CONDITIONS = {
    "always": "", "packets": "about packets", "capture": "about capturing",
    "read": "about reading files", "file": "about the file of -w", "files": "about files of -w",
    "save": "about -w", "text": "about what is printed", "progress": "about what is printed",
    "interface": "about one interface", "namespace": "about interfaces",
    "program": "about the filter program", "expression": "about the expression",
    "never": "does nothing, as in tcpdump"}


class Flag:
    """One row: the words on the command line, what they take, what they set, what for.

    ``action``: "count" adds one, "set" keeps the argument (as ``kind`` reads it), "optional" the
    same or "auto", "append" collects arguments, "true" and "false" switch; "refuse" is one of
    tcpdump's that is not here. ``own`` is one that tcpdump does not have; ``style`` one of
    style.Style, by its name; ``instead`` is said where the option has no effect. ``beside`` is the
    option, by its name, without which it has none either; ``unless`` is one with which it has none.
    """

    __slots__ = ("action", "beside", "default", "group", "help", "instead", "kind", "long",
                 "metavar", "name", "needs", "own", "short", "style", "unless")

    def __init__(self, words: str, action: str, help: str, *, metavar: str = "",
                 kind: str = "text", default: Any = None, needs: str = "", own: bool = False,
                 style: bool = False, group: str = "", sets: str = "",
                 instead: str = "", beside: str = "", unless: str = "") -> None:
        short = [word[1:] for word in words.split() if not word.startswith("--")]
        long = [word[2:] for word in words.split() if word.startswith("--")]
        self.short = short[0] if short else ""
        self.long = long[0] if long else ""
        self.metavar = metavar
        self.name = sets
        self.action = action
        self.help = help
        self.kind = kind
        self.default = default
        self.needs = needs
        self.own = own
        self.style = style
        self.group = group
        self.instead = instead
        self.beside = beside
        self.unless = unless

    def __set_name__(self, owner: type[Options], name: str) -> None:
        self.name = self.name or name
        self.group = self.group or owner.title
        self.needs = self.needs or owner.needs

    @property
    def word(self) -> str:
        """How messages call it."""
        return f"-{self.short}" if self.short else f"--{self.long}"

    @property
    def words(self) -> list[str]:
        """Every way to write it."""
        return [f"-{self.short}"] * bool(self.short) + [f"--{self.long}"] * bool(self.long)


def switch(words: str, help: str, **how: Any) -> Any:
    """An option that turns something on."""
    return Flag(words, "true", help, **{"default": False} | how)


def off(words: str, help: str, **how: Any) -> Any:
    """An option that turns something off."""
    return Flag(words, "false", help, **{"default": True} | how)


def counted(words: str, help: str, **how: Any) -> Any:
    """An option that counts how often it is given."""
    return Flag(words, "count", help, default=0, **how)


def value(words: str, metavar: str, help: str, **how: Any) -> Any:
    """An option with an argument."""
    return Flag(words, "set", help, metavar=metavar, **how)


def optional(words: str, metavar: str, help: str, **how: Any) -> Any:
    """An option whose argument may be left out, and stands behind ``=`` where there is one."""
    return Flag(words, "optional", help, metavar=metavar, **how)


def several(words: str, metavar: str, help: str, **how: Any) -> Any:
    """An option whose arguments are collected."""
    return Flag(words, "append", help, metavar=metavar, default=(), **how)


def refused(words: str, metavar: str, help: str) -> Any:
    """An option of tcpdump's that is not here."""
    return Flag(words, "refuse", help, metavar=metavar)


class Options:
    """A part of the options: its ``title`` in --help, and what its rows need if they do not say."""

    title = ""
    needs = "always"


class Capturing(Options):
    """Where packets come from."""

    title = "Where packets come from"
    needs = "capture"

    interface: list[str] = several(
        "-i --interface", "INTERFACE", "capture on INTERFACE (a name, a number of -D, or any)",
        needs="capture interface program")
    read: list[str] = several(
        "-r", "FILE", "read packets from FILE (- is standard input)", needs="read program")
    read_list: str | None = value(
        "-V", "FILE", "read the names of the files to read from FILE, a line each",
        needs="read program")
    merge: bool = switch(
        "--merge", "several -r: merge them by time, not one by one", needs="read", own=True)
    follow: bool = switch(
        "--follow", "-r: wait for more at the end of a growing file", needs="read", own=True)
    defragment: bool = switch(
        "--defragment", "IP datagrams come whole, in the place of their last fragment, before the "
        "filter sees them (which then is not the kernel's)", needs="packets", own=True)
    overlaps: str = value(
        "--overlaps", "POLICY", "--defragment: whose bytes stay where fragments overlap: first, "
        "last, drop (no datagram), or rfc (the default: drop for IPv6, as RFC 5722 says, first "
        "for IPv4)", default="rfc", needs="packets", own=True, beside="defragment")
    jobs: int = value(
        "--jobs", "N", "-r: make the text in N processes, the same bytes; small files take one",
        kind="positive", default=1, needs="read", own=True)
    limit: int = value("-c", "COUNT", "stop after COUNT packets", kind="positive", default=0,
                       needs="packets")
    skip: int = value("--skip", "COUNT", "pass over the first COUNT packets", kind="natural",
                      default=0, needs="packets")
    duration: int = value(
        "--duration", "TIME", "stop after TIME by the clock: 10s, 5m, 2h, or seconds",
        kind="duration", default=0, needs="packets", own=True)
    snaplen: int = value(
        "-s --snapshot-length", "LENGTH",
        "keep at most LENGTH octets of each packet (default and 0: 262144)", kind="natural",
        default=0, needs="capture program",
        instead="packets of a file are not cut; fyke slice --length does that")
    promiscuous: bool = off(
        "-p --no-promiscuous-mode", "do not put the interface into promiscuous mode")
    buffer_size: int = value(
        "-B --buffer-size", "KIB", "size of the kernel's ring in KiB, or 8m, 1g", kind="kib",
        default=0)
    direction: str = value("-Q --direction", "in|out|inout", "only packets that come in, or go out",
                           kind="direction", default="inout")
    immediate: bool = switch(
        "--immediate-mode", "hand each packet over as it comes, without buffering")
    both_ways: bool = switch(
        "--both-ways", "on the loopback, show each packet going out and coming in", own=True)
    workers: int = value(
        "--workers", "N", "share the packets among N processes; each writes a file of its own: "
        "FILE.w0, FILE.w1 …", kind="positive", default=1, own=True)
    netns: list[str] = several(
        "--netns", "NAME|PATH|PID", "capture in another network namespace; each -i after it is "
        "one in there, up to the next --netns", needs="capture interface namespace program",
        own=True)
    monitor: bool = switch("-I --monitor-mode", "monitor mode: every frame of the channel (802.11)",
                           needs="capture interface program")
    link_type: str | None = value("-y --linktype", "TYPE", "link type to capture or compile for",
                                  needs="capture program")
    list_interfaces: bool = switch(
        "-D --list-interfaces", "list the interfaces and exit", needs="always")
    list_link_types: bool = switch(
        "-L --list-data-link-types", "list the link types of the interface and exit",
        needs="always")


class Saving(Options):
    """Where packets go."""

    title = "Where packets go"
    needs = "files"

    write: str | None = value("-w", "FILE", "write packets to FILE (- is standard output)",
                              needs="packets")
    format: str = value("--format", "pcap|pcapng", "format of the file written", kind="format",
                        default="", needs="file", own=True)
    print: bool = switch("--print", "print packets even when they are written with -w",
                         needs="save")
    packet_buffered: bool = switch("-U --packet-buffered",
                                   "write each packet to the file as it comes", needs="save text")
    file_size: int = value(
        "-C", "SIZE",
        "begin a new file after SIZE: millions of octets, or KiB, MiB, GiB with k, m, g",
        kind="size", default=0)
    file_seconds: int = value("-G", "SECONDS", "begin a new file every SECONDS; strftime in the "
                              "name", kind="positive", default=0)
    file_count: int = value("-W", "COUNT", "with -C: overwrite from the first after COUNT files; "
                            "with -G: stop", kind="positive", default=0)
    max_disk: int = value(
        "--max-disk", "SIZE", "with -C: delete the oldest files of this run so that all fit into "
        "SIZE (as for -C)", kind="size", default=0, own=True)
    stop_size: int = value(
        "--stop-size", "SIZE", "stop with the packet that fills SIZE (as for -C), all files "
        "together, before compression", kind="size", default=0, needs="file", own=True)
    atomic: bool = switch("--atomic", "write under a hidden name (.FILE) and rename when the file "
                          "is complete", own=True)
    postrotate: str | None = value("-z", "COMMAND", "run COMMAND FILE on each file when complete")
    capture_comment: list[str] = several(
        "--capture-comment", "TEXT", "pcapng: what the file says about the capture; may be given "
        "often", needs="file", own=True)
    user: str | None = value("-Z --relinquish-privileges", "USER",
                             "become USER after opening the capture", needs="packets")
    sandbox: str = optional(
        "--sandbox", "[=auto|strict|off]", "the box around what reads packets: as far as the "
        "kernel can (auto, the default), or do not start without it (strict; also --sandbox "
        "alone), or none (off)", kind="sandbox", default="auto", needs="packets", own=True)


class Printing(Options):
    """What is printed."""

    title = "What is printed"
    needs = "text"

    verbose: int = counted("-v --verbose", "more detail; -vv and -vvv for still more; with -w on a "
                         "terminal the count, once a second", style=True, needs="text progress")
    one_line: bool = switch("-g", "-v: no line break after the IPv4 header", style=True,
                            beside="verbose")
    quiet: int = counted("-q --quiet", "less detail", style=True)
    link_level: bool = switch("-e", "print the link-layer header", style=True)
    numeric: int = counted("-n", "print numbers, not names", style=True, needs="always")
    no_domains: bool = switch("-N", "print host names without their domain", style=True,
                              unless="numeric")
    numbered: bool = switch("-# --number", "number the packets")
    lengths: bool = switch("--lengths", "print the captured and the original length")
    count: bool = switch("--count", "print only the number of packets", needs="packets")
    sampling: int = value("--print-sampling", "N", "print every N-th packet; implies -S",
                          kind="positive", default=0)
    absolute_seq: bool = switch("-S --absolute-tcp-sequence-numbers",
                                "print absolute TCP sequence numbers", style=True)
    no_checksums: bool = switch("-K --dont-verify-checksums", "do not verify checksums", style=True)
    as_dot: bool = switch("-b", "print AS numbers in ASDOT notation", style=True)
    no_guessing: bool = switch("-u", "print NFS handles undecoded", style=True)
    foreign_numeric: bool = switch("-f", "print foreign IPv4 addresses as numbers",
                                   unless="numeric")
    packet_type: str = value("-T", "TYPE", "take matching packets for TYPE", default="")
    hex: int = counted("-x", "print the octets in hex; -xx with the link-layer header")
    hex_ascii: int = counted("-X", "print the octets in hex and ASCII; -XX …")
    ascii: int = counted("-A", "print the octets as ASCII; -AA …")
    utf8: bool = switch("--utf8", "-A: print what is UTF-8 as it is", own=True,
                        beside="ascii")
    line_buffered: bool = switch("-l", "write each line as it is complete")
    ignored: bool = switch("-a", "does nothing, as in tcpdump", needs="never")
    decrypt: str | None = value(
        "-E", "SECRET", "decrypt ESP: SPI@ADDRESS CIPHER:SECRET, …, or file NAME (extra crypto)")
    mib: None = refused("-m", "MODULE", "load a MIB module: not supported; tshark can")
    tcp_md5: None = refused("-M", "SECRET",
                            "check TCP-MD5 signatures: not supported; tshark can")
    draft_mesh: bool = switch("-H", "detect draft 802.11s mesh headers", style=True)
    help: bool = switch("-h --help", "print this and exit", needs="always")
    version: bool = switch("--version", "print the version and exit", needs="always")


class Stamps(Options):
    """The time stamps, of the text and of the file."""

    title = "Time stamps"
    needs = "text file"

    time_mode: int = counted("-t", "-t none, -tt seconds, -ttt since the last, -tttt date, -ttttt "
                           "since the first", needs="text")
    micro: None = off("--micro", "microseconds (the default)", default=None, sets="nano")
    nano: bool | None = switch("--nano", "nanoseconds", default=None)
    precision: str | None = value(
        "--time-stamp-precision", "micro|nano", "digits of the time stamps, and of the file "
        "written", kind="precision")
    stamp_type: str = value("-j --time-stamp-type", "TYPE", "who stamps the packets", default="",
                            needs="capture")
    list_stamp_types: bool = switch(
        "-J --list-time-stamp-types", "list the time stamp types of the interface and exit",
        needs="always")


class Filtering(Options):
    """The filter program."""

    title = "The filter program"
    needs = "packets program"

    listing: int = counted("-d", "print the filter program and exit; -dd as C, -ddd as numbers",
                         needs="always")
    optimize: bool = off("-O --no-optimize", "do not optimise the filter program",
                         needs="expression")
    dialect: str = value(
        "--dialect", "pcap|fyke",
        "the language of the expression: tcpdump's (default) or fyke's (not in fykedump)",
        kind="dialect", default="pcap", needs="expression", own=True)
    hints: bool = off(
        "--no-hints", "on a terminal: do not say what the expression may miss",
        needs="expression", own=True, unless="dialect")
    expression_file: str | None = value("-F", "FILE", "read the filter expression from FILE")


class Owning(Options):
    """Whose packets."""

    title = "Whose packets"
    needs = "packets"

    process: str = optional(
        "--process", "[=auto|ebpf|proc]",
        "say whose each packet is, as eBPF programs see it; /proc where they are refused",
        kind="process", default="", own=True)
    pids: list[int] = several("--pid", "PID", "only packets of this process", kind="positive",
                              own=True)
    follow_forks: bool = switch(
        "--follow-forks", "and of the children of the processes that are chosen, and of theirs",
        own=True)
    process_names: list[str] = several(
        "--process-name", "GLOB", "only packets of processes of this name (* and ? as in a shell)",
        own=True)
    uids: list[str] = several("--uid", "USER", "only packets of this user's processes", own=True)
    containers: list[str] = several(
        "--container", "ID",
        "only packets of this container: the beginning of its id, or its name", own=True)
    process_arguments: bool = switch(
        "--process-arguments", "show and save the processes' arguments, too: they may hold secrets",
        own=True)


class DumpOptions(Capturing, Owning, Saving, Printing, Stamps, Filtering):
    """All of them, as a command line gave them.

    ``given`` has each row that was met with its argument, in their order, ``expression`` the
    words left. ``as_tcpdump``: the program is ``fykedump``. ``places`` are the interfaces that were
    found for a capture, each with its network namespace.
    """

    expression: str
    as_tcpdump: bool

    def __init__(self) -> None:
        for flag in FLAGS:
            if flag.action == "append":
                setattr(self, flag.name, [])
            elif flag.action != "refuse":
                setattr(self, flag.name, flag.default)
        self.given: list[tuple[Flag, str]] = []
        self.expression = ""
        self.as_tcpdump = False
        self.places: list[tuple[str | None, Any]] = []

    @property
    def printing(self) -> bool:
        """Whether packets are printed."""
        return (self.write is None or self.print) and not self.count


PARTS = (Capturing, Owning, Saving, Printing, Stamps, Filtering)
GROUPS = tuple(part.title for part in PARTS)
FLAGS = tuple(row for part in PARTS for row in vars(part).values() if isinstance(row, Flag))
