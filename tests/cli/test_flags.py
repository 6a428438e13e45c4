"""Options: parsed from their table, refused with a reason, all described."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from fyke.cli import flags
from fyke.dump.options import PARTS, DumpOptions, Flag
from fyke.errors import UsageError


def test_a_typical_command() -> None:
    options = flags.parse("-nnvi eth0 -c 5 --nano tcp port 80".split())
    assert (options.numeric, options.verbose, options.interface) == (2, 1, ["eth0"])
    assert (options.limit, options.nano, options.expression) == (5, True, "tcp port 80")


def test_options_may_follow_the_expression() -> None:
    assert flags.parse(["host", "a", "-e"]).link_level


def test_arguments_in_every_place() -> None:
    options = flags.parse(["-c5", "--snap=64", "-s", "96", "--", "-r"])
    assert (options.limit, options.snaplen, options.expression) == (5, 96, "-r")
    assert flags.parse(["-nr", "-", "--", "tcp"]).read == ["-"]


@pytest.mark.parametrize(("text", "octets"), [
    ("3", 3_000_000), ("1k", 1024), ("2M", 2 << 20), ("4g", 4 << 30)])
def test_sizes(text: str, octets: int) -> None:
    assert flags.parse(["-C", text]).file_size == octets


@pytest.mark.parametrize(("words", "reason"), [
    (["-c", "0"], "-c takes a number from 1"),
    (["-c", "many"], "not 'many'"),
    (["-s", "-1"], "-s takes a number from 0"),
    (["-Q", "up"], "one of in, out, inout"),
    (["--frobnicate"], "is no option"),
    (["-r"], "-r needs an argument"),
    (["--list"], "may mean --list-interfaces or --list-data-link-types or"),
    (["--print=yes"], "takes no argument"),
    (["-C", "0"], "such as 100"),
    (["-C", "k"], "such as 100"),
    (["-m", "module"], "MIB module: not supported"),
    (["-M", "secret"], "TCP-MD5 signatures: not supported"),
])
def test_what_is_refused(words: list[str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        flags.parse(words)


def test_own_options_do_not_take_beginnings_from_tcpdumps() -> None:
    """``--c`` was ``--count`` before there was ``--capture-comment``."""
    assert flags.parse(["--c"]).count
    theirs = [flag.long for flag in flags.FLAGS if flag.long and not flag.own]
    for flag in flags.FLAGS:
        if not flag.long or flag.own or flag.action == "refuse":
            continue
        for size in range(1, len(flag.long)):
            if [one for one in theirs if one.startswith(flag.long[:size])] == [flag.long]:
                words = given(flag, flag.long[:size])
                assert flags.parse(words).given[0][0] is flag


#: An argument that options of a kind take and that is not what they are without; "7" for others.
ARGUMENTS = {"dialect": "fyke", "direction": "in", "format": "pcap", "kib": "1k",
             "precision": "nano", "process": "proc", "sandbox": "off", "size": "1k"}


def given(flag: Flag, name: str) -> list[str]:
    """The words that give an option under a name, with an argument if it takes one."""
    argument = ARGUMENTS.get(flag.kind, "7")
    if flag.action == "optional":
        return [f"--{name}={argument}"]
    return [f"--{name}", argument] if flag.metavar else [f"--{name}"]


def test_rows_are_typed_attributes() -> None:
    """What a row is called is what holds its value, with a type and a default of that type."""
    fresh = DumpOptions()
    for part in PARTS:
        types = get_type_hints(part)
        rows = {name: row for name, row in vars(part).items() if isinstance(row, Flag)}
        assert set(rows) == {name for name in types if name not in ("title", "needs")}
        for name, row in rows.items():
            if row.action == "refuse" or row.name != name:
                continue
            assert row.group == part.title
            value = getattr(fresh, name)
            kind = types[name]
            assert isinstance(value, getattr(kind, "__origin__", kind)), name


def test_every_flag_is_described_once() -> None:
    text = flags.help_text()
    for flag in flags.FLAGS:
        assert flag.help in text
    names = [name for flag in flags.FLAGS for name in (flag.short, flag.long) if name]
    assert len(names) == len(set(names))


#: The shortest beginning that has meant each long option. People have them in their scripts, so
#: they go on meaning it, whatever options are added. What tcpdump knows comes first.
SHORTEST = {
    "absolute-tcp-sequence-numbers": "ab", "buffer-size": "bu", "count": "c", "direction": "di",
    "dont-verify-checksums": "do", "help": "h", "immediate-mode": "im", "interface": "in",
    "lengths": "le", "linktype": "lin", "list-data-link-types": "list-d",
    "list-interfaces": "list-i", "list-time-stamp-types": "list-t", "micro": "mi",
    "monitor-mode": "mo", "nano": "na", "no-optimize": "no-o", "no-promiscuous-mode": "no-p",
    "number": "nu", "packet-buffered": "pa", "print": "print", "print-sampling": "print-",
    "quiet": "q", "relinquish-privileges": "r", "skip": "sk", "snapshot-length": "sn",
    "time-stamp-precision": "time-stamp-p", "time-stamp-type": "time-stamp-t", "verbose": "verb",
    "version": "vers",
    "atomic": "at", "both-ways": "bo", "capture-comment": "ca", "container": "con",
    "defragment": "de", "dialect": "dia", "duration": "du",
    "follow": "fol", "follow-forks": "follow-", "format": "for",
    "jobs": "j", "max-disk": "ma", "merge": "me", "netns": "ne", "no-hints": "no-h",
    "overlaps": "o", "pid": "pi",
    "process": "pro", "process-arguments": "process-a", "process-name": "process-n",
    "sandbox": "sa", "stop-size": "st", "uid": "ui", "utf8": "ut", "workers": "w",
}


@pytest.mark.parametrize("long", SHORTEST)
def test_every_beginning_keeps_its_meaning(long: str) -> None:
    flag = next(flag for flag in flags.FLAGS if flag.long == long)
    whole = vars(flags.parse(given(flag, long)))
    assert [row for row, _ in whole["given"]] == [flag]
    nothing = vars(flags.parse([]))
    assert whole | {"given": []} != nothing
    for end in range(len(SHORTEST[long]), len(long)):
        assert vars(flags.parse(given(flag, long[:end]))) == whole, long[:end]


def test_every_long_option_has_its_beginning_here() -> None:
    assert {flag.long for flag in flags.FLAGS if flag.long} == set(SHORTEST)
