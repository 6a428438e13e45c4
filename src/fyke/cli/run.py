"""``fyke run``: run a command, and show what it and all that it starts do on the network."""

from __future__ import annotations

import argparse
import signal
import sys

from fyke.cli import dump, flags, live, outputs, owners, rights
from fyke.cli.command import Command, Until
from fyke.cli.interfaces import all_chosen
from fyke.dump.options import DumpOptions, Flag, Saving
from fyke.dump.session import Signals, close_all, plural, say
from fyke.errors import FykeError, UsageError
from fyke.files.folder import wait_until
from fyke.hints import TYPE_CHECKING, Any
from fyke.live import privileges

if TYPE_CHECKING:
    from types import FrameType

FAILED = 125  # as env(1): fyke itself failed; 126 and 127 are about starting the command
OUTPUT = Flag("-o --output", "set", "print to FILE instead of standard error", metavar="FILE",
              sets="output", group=Saving.title)
USAGE = "fyke run [DUMP OPTIONS] [EXPRESSION] -- COMMAND [ARGUMENTS]"
DESCRIPTION = """Run COMMAND and show the packets of it and of every process that it starts, each
with its owner; of EXPRESSION only, if there is one. Ends when the last of them has ended, with
COMMAND's exit status: 125 if fyke failed, 126 if COMMAND cannot be run, 127 if it is not there,
128 and the signal's number if a signal ended it.
COMMAND keeps standard input and output; fyke prints to standard error, to a FILE with -o, or saves
packets with -w. Under sudo COMMAND runs as the user who called."""
#: Options that have no place here, by what is wrong with them.
REFUSED = (("-r", "read", "reads a file"), ("-V", "read_list", "reads files"),
           ("-D", "list_interfaces", "lists interfaces"),
           ("-L", "list_link_types", "lists link types"),
           ("-J", "list_stamp_types", "lists time stamp types"), ("-d", "listing", "runs nothing"),
           ("-z", "postrotate", "runs commands of its own"),
           ("--pid", "pids", "is for processes that run already"))


def parser() -> argparse.ArgumentParser:
    """Describes the options for the manual and for shells; ``run`` reads them itself."""
    from fyke.cli.overview import of_dump
    made = of_dump("fyke run")
    made.usage = USAGE
    made.description = DESCRIPTION
    made.add_argument("-o", "--output", metavar="FILE", help=OUTPUT.help)
    return made


def run(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    try:
        return perform(arguments)
    except FykeError as error:
        error.exit_status = FAILED
        raise
    except OSError as error:
        subject = f"{error.filename}: " if error.filename else ""
        say(f"fyke run: {subject}{error.strerror or error}")
        return FAILED


def perform(arguments: list[str]) -> int:
    """From options to the end of the command."""
    words, command = split(arguments)
    options = flags.parse(words, (OUTPUT,))
    if options.help:
        sys.stdout.write(help_text())
        return 0
    if not command:
        raise UsageError(f"there is no command; {USAGE}")
    settle(options)
    return Run(options, command).run()


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The first -- ends fyke's options and begins the command."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1:]


def help_text() -> str:
    lines = [f"usage: {USAGE}", "", DESCRIPTION, "", "Besides the options of 'fyke dump':", "",
             *flags.describe(OUTPUT)]
    return "\n".join(lines) + "\n"


def settle(options: DumpOptions) -> None:
    """What fits a command that is run. Raises UsageError."""
    for word, name, why in REFUSED:
        if getattr(options, name):
            raise UsageError(f"{word} {why}: it has no place in 'fyke run'")
    if options.write == "-":
        raise UsageError("-w -: standard output is the command's; name a file")
    options.process = options.process or "auto"
    options.interface = options.interface or ["any"]
    dump.settle(options)
    outputs.check(options)
    owners.settle(options)


class Waiting(Signals):
    """While the command runs, to stop is its business: it is told, and fyke ends after it.

    SIGINT and SIGQUIT of a terminal reach the command anyway.
    """

    command: Command | None = None

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.command is None or self.command.status is not None:
            super().ask_to_stop(number, frame)
        elif number != signal.SIGINT:
            self.command.send(number)


class Run:
    """One run of one command."""

    def __init__(self, options: DumpOptions, words: list[str]) -> None:
        self.options = options
        self.words = words
        self.found = all_chosen(options)

    def run(self) -> int:
        """Taps and programs first, then the command."""
        options = self.options
        rights.check(options)
        leaving = rights.Leaving(options, role="lead", printing=options.printing, command=True)
        signals = Waiting()
        with signals:
            wait_until(lambda: signals.stopped)
            watched = owners.watch(options, [namespace for namespace, _ in self.found], "run")
            assert watched is not None
            taps = live.open_taps(options, self.found)
            command = Command(self.words, privileges.invoking_user())
            try:
                watched.only_family_of(command.pid)
                source, machines = live.whole_datagrams(
                    options, live.joined(live.owned(options, watched, self.found, taps)), taps)
                sink = rights.with_hint(outputs.make_sink, options, self.printer(taps), source)
                leaving.enter(taps=[tap.fileno() for tap in taps])
                for note in source.notes:
                    say(f"fyke run: {note}")
                command.begin()
            except BaseException:
                command.give_up()
                close_all(taps)
                raise
            signals.command = command
            return self.capture(signals, watched, command, source, sink, machines)

    def printer(self, taps: list[Any]) -> Any:
        """Where lines go: standard error, or -o's file."""
        options = self.options
        if not options.printing:
            return None
        output = getattr(options, OUTPUT.name)
        out = open(output, "wb", buffering=0) if output else sys.stderr.buffer  # noqa: SIM115  (to the end)
        return outputs.make_printer(options, live=True, out=out, shown=owners.shown(options),
                                    origins=live.origins(self.found, taps),
                                    local=live.local_network(options, self.found))

    def capture(self, signals: Waiting, watched: owners.Watched, command: Command, source: Any,
                sink: Any, machines: Any) -> int:
        """To the end of the command's family; its exit status."""
        options = self.options
        outcome = live.capture(options, signals, Until(watched.chosen(source), command), sink,
                               live.tell_status, watched, machines)
        status = command.wait()
        if not command.began:
            return status
        for note in outcome.notes:
            say(f"fyke run: {note}")
        if options.count:
            say(plural(outcome.captured, "").rstrip())
        elif not options.quiet or outcome.statistics.dropped:
            say(f"fyke run: {plural(outcome.captured, 'captured')}, "
                f"{outcome.statistics.dropped} dropped by kernel")
        if outcome.failure is not None:
            raise outcome.failure
        return status
