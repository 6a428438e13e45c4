"""The options of ``fyke dump``: one row each, from which parsing, help, manual, completion come.

A row is data. ``action`` says what the option does to its attribute: "count" adds one, "set"
keeps the argument (as ``kind`` reads it), "optional" the same behind ``=``, and "auto" where
nothing is, "append" collects arguments, "true" and "false" switch, "refuse" is an option of
tcpdump's that is not here: its help says why. Options and words of the expression may be mixed,
as with getopt_long(3); that module is not used because it is slow to import.
"""

from __future__ import annotations

from types import SimpleNamespace

from fyke.errors import UsageError
from fyke.hints import Any, NamedTuple


class Flag(NamedTuple):
    """One option: ``-short``, ``--long``, what it takes, what it sets, what it is for."""

    short: str
    long: str
    metavar: str
    name: str
    action: str
    help: str
    kind: str = "text"
    default: Any = None
    group: str = "What is printed"


CAPTURE = "Where packets come from"
FILES = "Where packets go"
PRINT = "What is printed"
FILTER = "The filter program"
TIME = "Time stamps"
OWNERS = "Whose packets"
GROUPS = (CAPTURE, OWNERS, FILES, PRINT, TIME, FILTER)

FLAGS = (
    Flag("i", "interface", "INTERFACE", "interface", "append",
         "capture on INTERFACE (a name, a number of -D, or any)", group=CAPTURE),
    Flag("r", "", "FILE", "read", "append",
         "read packets from FILE (- is standard input)", group=CAPTURE),
    Flag("V", "", "FILE", "read_list", "set",
         "read the names of the files to read from FILE, a line each", group=CAPTURE),
    Flag("", "merge", "", "merge", "true", "several -r: merge them by time, not one by one",
         default=False, group=CAPTURE),
    Flag("", "follow", "", "follow", "true", "-r: wait for more at the end of a growing file",
         default=False, group=CAPTURE),
    Flag("c", "", "COUNT", "limit", "set", "stop after COUNT packets", "positive", 0, CAPTURE),
    Flag("", "skip", "COUNT", "skip", "set", "pass over the first COUNT packets", "natural", 0,
         CAPTURE),
    Flag("s", "snapshot-length", "LENGTH", "snaplen", "set",
         "keep at most LENGTH octets of each packet (default and 0: 262144)", "natural", 0,
         CAPTURE),
    Flag("p", "no-promiscuous-mode", "", "promiscuous", "false",
         "do not put the interface into promiscuous mode", default=True, group=CAPTURE),
    Flag("B", "buffer-size", "KIB", "buffer_size", "set", "size of the kernel's ring in KiB",
         "positive", 0, CAPTURE),
    Flag("Q", "direction", "in|out|inout", "direction", "set",
         "only packets that come in, or go out", "direction", "inout", CAPTURE),
    Flag("", "immediate-mode", "", "immediate", "true",
         "hand each packet over as it comes, without buffering", default=False, group=CAPTURE),
    Flag("", "both-ways", "", "both_ways", "true",
         "on the loopback, show each packet going out and coming in", default=False,
         group=CAPTURE),
    Flag("", "workers", "N", "workers", "set",
         "share the packets among N processes; each writes a file of its own: FILE.w0, FILE.w1 …",
         "positive", 1, CAPTURE),
    Flag("", "netns", "NAME|PATH|PID", "netns", "append",
         "capture in another network namespace", group=CAPTURE),
    Flag("I", "monitor-mode", "", "monitor", "true",
         "monitor mode: every frame of the channel (802.11)", default=False, group=CAPTURE),
    Flag("y", "linktype", "TYPE", "link_type", "set", "link type to capture or compile for",
         group=CAPTURE),
    Flag("D", "list-interfaces", "", "list_interfaces", "true", "list the interfaces and exit",
         default=False, group=CAPTURE),
    Flag("L", "list-data-link-types", "", "list_link_types", "true",
         "list the link types of the interface and exit", default=False, group=CAPTURE),
    Flag("", "process", "[=auto|ebpf|proc]", "process", "optional",
         "say whose each packet is, as eBPF programs see it; /proc where they are refused",
         "process", "", OWNERS),
    Flag("", "pid", "PID", "pids", "append", "only packets of this process", "positive",
         group=OWNERS),
    Flag("", "follow-forks", "", "follow_forks", "true",
         "and of the children of the processes that are chosen, and of theirs", default=False,
         group=OWNERS),
    Flag("", "process-name", "GLOB", "process_names", "append",
         "only packets of processes of this name (* and ? as in a shell)", group=OWNERS),
    Flag("", "uid", "USER", "uids", "append", "only packets of this user's processes",
         group=OWNERS),
    Flag("", "container", "ID", "containers", "append",
         "only packets of this container: the beginning of its id, or its name", group=OWNERS),
    Flag("", "process-arguments", "", "process_arguments", "true",
         "show and save the processes' arguments, too: they may hold secrets", default=False,
         group=OWNERS),
    Flag("w", "", "FILE", "write", "set", "write packets to FILE (- is standard output)",
         group=FILES),
    Flag("", "format", "pcap|pcapng", "format", "set", "format of the file written",
         "format", "", FILES),
    Flag("", "print", "", "print", "true", "print packets even when they are written with -w",
         default=False, group=FILES),
    Flag("U", "packet-buffered", "", "packet_buffered", "true",
         "write each packet to the file as it comes", default=False, group=FILES),
    Flag("C", "", "SIZE", "file_size", "set",
         "begin a new file after SIZE: millions of octets, or KiB, MiB, GiB with k, m, g",
         "size", 0, FILES),
    Flag("G", "", "SECONDS", "file_seconds", "set",
         "begin a new file every SECONDS; strftime in the name", "positive", 0, FILES),
    Flag("W", "", "COUNT", "file_count", "set",
         "with -C: overwrite from the first after COUNT files; with -G: stop", "positive", 0,
         FILES),
    Flag("", "max-disk", "SIZE", "max_disk", "set",
         "with -C: delete the oldest files of this run so that all fit into SIZE (as for -C)",
         "size", 0, FILES),
    Flag("", "atomic", "", "atomic", "true",
         "write under a hidden name (.FILE) and rename when the file is complete", default=False,
         group=FILES),
    Flag("z", "", "COMMAND", "postrotate", "set", "run COMMAND FILE on each file when complete",
         group=FILES),
    Flag("Z", "relinquish-privileges", "USER", "user", "set",
         "become USER after opening the capture", group=FILES),
    Flag("v", "verbose", "", "verbose", "count", "more detail; -vv and -vvv for still more",
         default=0),
    Flag("g", "", "", "one_line", "true", "-v: no line break after the IPv4 header",
         default=False),
    Flag("q", "quiet", "", "quiet", "count", "less detail", default=0),
    Flag("e", "", "", "link_level", "true", "print the link-layer header", default=False),
    Flag("n", "", "", "numeric", "count", "print numbers, not names", default=0),
    Flag("N", "", "", "no_domains", "true", "print host names without their domain",
         default=False),
    Flag("#", "number", "", "numbered", "true", "number the packets", default=False),
    Flag("", "lengths", "", "lengths", "true", "print the captured and the original length",
         default=False),
    Flag("", "count", "", "count", "true", "print only the number of packets", default=False),
    Flag("", "print-sampling", "N", "sampling", "set", "print every N-th packet; implies -S",
         "positive", 0),
    Flag("S", "absolute-tcp-sequence-numbers", "", "absolute_seq", "true",
         "print absolute TCP sequence numbers", default=False),
    Flag("K", "dont-verify-checksums", "", "no_checksums", "true", "do not verify checksums",
         default=False),
    Flag("b", "", "", "as_dot", "true", "print AS numbers in ASDOT notation", default=False),
    Flag("u", "", "", "no_guessing", "true", "print NFS handles undecoded", default=False),
    Flag("f", "", "", "foreign_numeric", "true",
         "print foreign IPv4 addresses as numbers", default=False),
    Flag("T", "", "TYPE", "packet_type", "set", "take matching packets for TYPE", default=""),
    Flag("x", "", "", "hex", "count", "print the octets in hex; -xx with the link-layer header",
         default=0),
    Flag("X", "", "", "hex_ascii", "count", "print the octets in hex and ASCII; -XX …", default=0),
    Flag("A", "", "", "ascii", "count", "print the octets as ASCII; -AA …", default=0),
    Flag("l", "", "", "line_buffered", "true", "write each line as it is complete",
         default=False),
    Flag("t", "", "", "time_mode", "count",
         "-t none, -tt seconds, -ttt since the last, -tttt date, -ttttt since the first",
         default=0, group=TIME),
    Flag("", "micro", "", "nano", "false", "microseconds (the default)", default=None,
         group=TIME),
    Flag("", "nano", "", "nano", "true", "nanoseconds", default=None, group=TIME),
    Flag("", "time-stamp-precision", "micro|nano", "precision", "set",
         "digits of the time stamps, and of the file written", "precision", None, TIME),
    Flag("j", "time-stamp-type", "TYPE", "stamp_type", "set", "who stamps the packets",
         default="", group=TIME),
    Flag("J", "list-time-stamp-types", "", "list_stamp_types", "true",
         "list the time stamp types of the interface and exit", default=False, group=TIME),
    Flag("d", "", "", "listing", "count",
         "print the filter program and exit; -dd as C, -ddd as numbers", default=0, group=FILTER),
    Flag("O", "no-optimize", "", "optimize", "false", "do not optimise the filter program",
         default=True, group=FILTER),
    Flag("", "dialect", "pcap|fyke", "dialect", "set", "the language of the expression: tcpdump's "
         "(default) or fyke's (not in fykedump)", "dialect", "pcap", FILTER),
    Flag("", "no-hints", "", "hints", "false", "on a terminal: do not say what the expression may "
         "miss", default=True, group=FILTER),
    Flag("F", "", "FILE", "expression_file", "set", "read the filter expression from FILE",
         group=FILTER),
    Flag("a", "", "", "ignored", "true", "does nothing, as in tcpdump", default=False),
    Flag("E", "", "SECRET", "", "refuse", "decrypt ESP: not supported; tshark can"),
    Flag("m", "", "MODULE", "", "refuse", "load a MIB module: not supported; tshark can"),
    Flag("M", "", "SECRET", "", "refuse",
         "check TCP-MD5 signatures: not supported; tshark can"),
    Flag("H", "", "", "draft_mesh", "true", "detect draft 802.11s mesh headers", default=False),
    Flag("h", "help", "", "help", "true", "print this and exit", default=False),
    Flag("", "version", "", "version", "true", "print the version and exit", default=False),
)

CHOICES = {"dialect": ("pcap", "fyke"), "direction": ("in", "out", "inout"),
           "format": ("pcap", "pcapng"), "precision": ("micro", "nano"),
           "process": ("auto", "ebpf", "proc")}
LARGEST = 2**31 - 1


#: What SIZE's last letter multiplies by; without one SIZE is in millions of octets.
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse(arguments: list[str], more: tuple[Flag, ...] = ()) -> SimpleNamespace:
    """The options as attributes, and ``.expression``: the words left, joined by blanks.

    ``more`` are rows of another command that takes these options too.
    """
    rows = FLAGS + more
    short = {flag.short: flag for flag in rows if flag.short}
    long = {flag.long: flag for flag in rows if flag.long}
    options = SimpleNamespace(**{f.name: [] if f.action == "append" else f.default
                                 for f in rows if f.name})
    words: list[str] = []
    left = list(reversed(arguments))
    while left:
        word = left.pop()
        if word == "--":
            words += reversed(left)
            break
        if word.startswith("--"):
            long_option(word, long, left, options)
        elif word.startswith("-") and word != "-":
            cluster(word[1:], short, left, options)
        else:
            words.append(word)
    options.expression = " ".join(words)
    return options


def long_option(word: str, known: dict[str, Flag], left: list[str],
                options: SimpleNamespace) -> None:
    """``--name``, ``--name=argument`` or ``--name argument``; a beginning that fits one will do."""
    name, equals, argument = word[2:].partition("=")
    fitting = [name] if name in known else [one for one in known if one.startswith(name)]
    if len(fitting) != 1:
        what = f"may mean --{' or --'.join(fitting)}" if fitting else "is no option"
        raise UsageError(f"--{name} {what}; 'fyke dump --help' lists the options")
    flag = known[fitting[0]]
    word = f"--{flag.long}"
    if not flag.metavar:
        if equals:
            raise UsageError(f"{word} takes no argument")
    elif flag.action == "optional":
        argument = argument if equals else "auto"
    elif not equals:
        argument = following(word, left)
    apply(flag, word, argument, options)


def cluster(letters: str, known: dict[str, Flag], left: list[str],
            options: SimpleNamespace) -> None:
    """``-nnvi eth0``: letters, and an argument in the same word or the next."""
    while letters:
        word = f"-{letters[0]}"
        flag = known.get(letters[0])
        if flag is None:
            raise UsageError(f"{word} is no option; 'fyke dump --help' lists the options")
        letters = letters[1:]
        argument = ""
        if flag.metavar:
            argument, letters = letters or following(word, left), ""
        apply(flag, word, argument, options)


def following(word: str, left: list[str]) -> str:
    """The argument of an option: the next word."""
    if not left:
        raise UsageError(f"{word} needs an argument; 'fyke dump --help' lists the options")
    return left.pop()


def apply(flag: Flag, word: str, argument: str, options: SimpleNamespace) -> None:
    """Do what one option on the command line says."""
    if flag.action == "refuse":
        raise UsageError(f"{word}: {flag.help}")
    if flag.action == "count":
        setattr(options, flag.name, getattr(options, flag.name) + 1)
    elif flag.action == "append":
        getattr(options, flag.name).append(read(flag, word, argument))
    elif flag.action in ("set", "optional"):
        setattr(options, flag.name, read(flag, word, argument))
    else:
        setattr(options, flag.name, flag.action == "true")


def read(flag: Flag, word: str, argument: str) -> Any:
    """An argument as its kind: a number within bounds, one of the choices, or as it is."""
    if flag.kind in CHOICES:
        if argument not in CHOICES[flag.kind]:
            choices = ", ".join(CHOICES[flag.kind])
            raise UsageError(f"{word} takes one of {choices}, not {argument!r}")
        return argument
    if flag.kind == "text":
        return argument
    if flag.kind == "size":
        return size(word, argument)
    least = 1 if flag.kind == "positive" else 0
    if not (argument.isascii() and argument.isdigit()) or not (
            least <= int(argument) <= LARGEST):
        raise UsageError(f"{word} takes a number from {least} to {LARGEST}, not {argument!r}")
    return int(argument)


def size(word: str, argument: str) -> int:
    """A SIZE in octets: millions of them, or KiB, MiB, GiB with a letter."""
    number, unit = argument, 1_000_000
    if argument[-1:].lower() in UNITS:
        number, unit = argument[:-1], UNITS[argument[-1].lower()]
    if not (number.isascii() and number.isdigit()) or not 0 < int(number) * unit < 2**63:
        raise UsageError(f"{word} takes a size such as 100 (millions of octets), 512k, 10m or 2g, "
                         f"not {argument!r}")
    return int(number) * unit


def help_text() -> str:
    """The options by group, and what else there is to know, for ``--help``."""
    lines = ["usage: fyke dump [OPTIONS] [EXPRESSION]", "",
             "Capture packets, or read them from a file; print or write those that EXPRESSION",
             "(pcap-filter(7)) accepts, all without one."]
    for group in GROUPS:
        lines += ["", f"{group}:"]
        for flag in FLAGS:
            if flag.group == group:
                lines += describe(flag)
    return "\n".join(lines) + "\n"


def describe(flag: Flag) -> list[str]:
    names = ", ".join([f"-{flag.short}"] * bool(flag.short) + [f"--{flag.long}"] * bool(flag.long))
    space = "" if flag.action == "optional" else " "
    head = f"  {names}{space}{flag.metavar}".rstrip()
    if len(head) < 34:
        return [f"{head:34}{flag.help}"]
    return [head, f"{'':34}{flag.help}"]
