"""Reads the command line of ``fyke dump`` by the rows of dump/options.py, and describes them.

Options and words of the expression may be mixed, as with getopt_long(3); that module is not used
because it is slow to import.
"""

from __future__ import annotations

from fyke.cli import quantities
from fyke.dump.options import FLAGS, GROUPS, DumpOptions, Flag
from fyke.errors import UsageError
from fyke.files.formats import NAMES
from fyke.hints import Any

CHOICES = {"direction": ("in", "out", "inout"), "format": NAMES,
           "precision": ("micro", "nano"), "process": ("auto", "ebpf", "proc")}
LARGEST = 2**31 - 1

#: What the first version had and tcpdump has not: beginnings go on meaning these.
EARLIEST = ("atomic", "both-ways", "follow", "format", "max-disk", "merge", "netns", "workers")

MILLION = 1_000_000  #: octets: what tcpdump counts -C in


def parse(arguments: list[str], more: tuple[Flag, ...] = ()) -> DumpOptions:
    """The options as attributes, and ``.expression``: the words left, joined by blanks.

    ``more`` are rows of another command that takes these options too.
    """
    rows = FLAGS + more
    short = {flag.short: flag for flag in rows if flag.short}
    long = {flag.long: flag for flag in rows if flag.long}
    options = DumpOptions()
    for flag in more:
        setattr(options, flag.name, flag.default)
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
                options: DumpOptions) -> None:
    """``--name``, ``--name=argument`` or ``--name argument``; a beginning that fits one will do.

    Where it fits one of tcpdump's, options that tcpdump does not have are no reason to refuse it;
    nor, where it fits one of EARLIEST, are those that came later.
    """
    name, equals, argument = word[2:].partition("=")
    fitting = [name] if name in known else [one for one in known if one.startswith(name)]
    theirs = [one for one in fitting if not known[one].own]
    earliest = theirs or [one for one in fitting if one in EARLIEST]
    if len(earliest) == 1:
        fitting = earliest
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
            options: DumpOptions) -> None:
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


def apply(flag: Flag, word: str, argument: str, options: DumpOptions) -> None:
    """Do what one option on the command line says."""
    if flag.action == "refuse":
        raise UsageError(f"{word}: {flag.help}")
    options.given.append((flag, argument))
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
    if flag.kind in ("size", "kib"):
        return size(word, argument, 1 << 10 if flag.kind == "kib" else MILLION)
    if flag.kind == "duration":
        return duration(word, argument)
    least = 1 if flag.kind == "positive" else 0
    if not (argument.isascii() and argument.isdigit()) or not (
            least <= int(argument) <= LARGEST):
        raise UsageError(f"{word} takes a number from {least} to {LARGEST}, not {argument!r}")
    return int(argument)


def size(word: str, argument: str, unit: int) -> int:
    """A SIZE in octets: a number of units, or KiB, MiB, GiB with a letter."""
    try:
        return quantities.size(argument, unit)
    except ValueError:
        of = "KiB" if unit == 1 << 10 else "millions of octets"
        raise UsageError(f"{word} takes a size such as 100 ({of}), 512k, 10m or 2g, "
                         f"not {argument!r}") from None


def duration(word: str, argument: str) -> int:
    """A TIME in nanoseconds."""
    try:
        return quantities.duration(argument)
    except ValueError:
        raise UsageError(f"{word} takes a time such as 10s, 5m, 2h or 0.5, not {argument!r}"
                         ) from None


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
    space = "" if flag.action == "optional" else " "
    head = f"  {', '.join(flag.words)}{space}{flag.metavar}".rstrip()
    if len(head) < 34:
        return [f"{head:34}{flag.help}"]
    return [head, f"{'':34}{flag.help}"]
