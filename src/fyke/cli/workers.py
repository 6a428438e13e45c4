"""``fyke dump --workers N``: the packets shared among processes (PACKET_FANOUT).

Each worker has a tap of its own in the group of every interface and a file of its own; the kernel
gives each packet to one of them, and all packets of a connection to the same. This process opens
the taps, starts the workers, passes signals on and adds the counts up. Each of them gives up its
rights: a worker when its file is open, this process when all workers have done so.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from copy import copy
from multiprocessing.connection import Connection, wait

from fyke.cli import live, outputs, programs, rights
from fyke.cli.interfaces import all_chosen, descriptions
from fyke.dump.session import LOOK, Signals, close_all
from fyke.errors import CaptureError, FykeError, UsageError
from fyke.files.folder import wait_until
from fyke.files.formats import BY_SUFFIX, COMPRESSED_BY_SUFFIX
from fyke.hints import TYPE_CHECKING, Any
from fyke.live.constants import FANOUT_NEW
from fyke.live.interfaces import Interface
from fyke.live.privileges import end_with_parent
from fyke.live.statistics import NOTHING, Statistics
from fyke.live.tap import Tap

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions

MOST = 256  # members of a fanout group (net/packet/internal.h: PACKET_FANOUT_MAX, before 5.10)
SHARING = "hash+rollover"
BOXED = "boxed"  # what a worker tells first
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def check(options: DumpOptions) -> None:
    """Refuse what several processes cannot do. Raises UsageError."""
    if options.defragment:
        raise UsageError("--defragment and --workers do not go together: fragments are put "
                         "together in one process")
    if options.workers > MOST:
        raise UsageError(f"--workers takes at most {MOST}, not {options.workers}")
    if options.limit or options.skip:
        raise UsageError("-c and --skip count packets in their order, and --workers have none in "
                         "common")
    if options.printing or options.write == "-":
        raise UsageError("--workers need -w FILE (each writes one of its own) or --count: what "
                         "several print would come in no order")
    if options.max_disk and options.max_disk < 2 * options.file_size * options.workers:
        raise UsageError("--max-disk must hold at least two files of -C's size for each of the "
                         "--workers")


def run(options: DumpOptions) -> int:
    """Capture in several processes until a signal, then tell the sums."""
    check(options)
    rights.check(options)
    found = all_chosen(options)
    with Signals() as signals:
        shares = open_shares(options, found)
        team: list[Worker] = []
        leaving = rights.Leaving(options, role="lead", alone=True)
        try:
            live.announce(options, found, shares[0])
            for number in range(len(shares)):
                team.append(Worker(number, shares, options, signals))
        except BaseException:
            for one in team:
                one.kill(signal.SIGTERM)
            close_all([tap for share in shares for tap in share])
            raise
        for share in shares:
            for tap in share:
                tap.let_go()
        try:
            lead = Lead(team, signals)
            lead.wait_until_boxed()
            leaving.enter()
            outcome = lead.run()
        except KeyboardInterrupt:  # asked twice: one of them cannot go on
            for one in team:
                one.kill(signal.SIGKILL)
            raise
        return live.report(options, signals, outcome)


def open_shares(options: DumpOptions,
                found: list[tuple[str | None, Interface]]) -> list[list[Tap]]:
    """For each worker a tap on every interface, all or none."""
    compiled = [programs.for_interface(options, one) for _, one in found]
    shares: list[list[Tap]] = [[] for _ in range(options.workers)]
    try:
        for (namespace, one), program in zip(found, compiled, strict=True):
            group = FANOUT_NEW
            for share in shares:
                tap = live.one_tap(options, namespace, one, program, (group, SHARING))
                share.append(tap)
                group = tap.group
                if share is not shares[0]:  # what holds for all is told once
                    tap.notes = [line for line in tap.notes if line not in shares[0][-1].notes]
    except BaseException:
        close_all([tap for share in shares for tap in share])
        raise
    return shares


class Worker:
    """One process, seen from the one that started it."""

    def __init__(self, number: int, shares: list[list[Tap]], options: DumpOptions,
                 signals: Signals) -> None:
        context = multiprocessing.get_context("fork")
        self.number = number
        self.connection, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=work, name=f"fyke-worker-{number}", args=(
            number, shares, own_options(options, number), signals, theirs, os.getpid()))
        # Python forgets a signal that a new process gets before it runs any of our code.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self.boxed = False
        self.outcome: live.Outcome | None = None
        self.status: tuple[int, Statistics] | None = None

    def kill(self, number: int) -> None:
        """Pass a signal on."""
        if self.process.is_alive() and self.process.pid is not None:
            os.kill(self.process.pid, number)

    def hear(self) -> None:
        """Take what the worker sent: its counts so far, or what its capture came to."""
        try:
            told = self.connection.recv()
        except EOFError:
            self.process.join()
            told = live.Outcome(0, NOTHING, [], CaptureError(
                f"worker {self.number} was ended (status {self.process.exitcode}): its packets "
                "are not counted, and its file may be torn"))
        if isinstance(told, live.Outcome):
            self.outcome = told
        elif told == BOXED:
            self.boxed = True
        else:
            self.status = told


class Lead:
    """Waits for the workers and adds up what they tell. One that fails ends all."""

    def __init__(self, team: list[Worker], signals: Signals) -> None:
        self.team = team
        self.signals = signals
        self.asked = False  # for the counts
        signals.on_stop = self.stop
        if signals.stopped:
            self.stop()

    def wait_until_boxed(self) -> None:
        """Until each has given up its rights, or has ended: then we are no more than they are."""
        for one in self.team:
            while not one.boxed and one.outcome is None:
                one.hear()
        if any(one.outcome is not None for one in self.team):  # it failed before the first packet
            self.stop()

    def run(self) -> live.Outcome:
        """Until the last worker has ended."""
        while working := {one.connection: one for one in self.team if one.outcome is None}:
            for connection in wait(list(working), LOOK):
                one = working[connection]  # type: ignore[index]
                one.hear()
                if one.outcome is not None and one.outcome.failure is not None:
                    self.stop()
            self.serve()
        for one in self.team:
            one.process.join()
        ends = [one.outcome for one in self.team if one.outcome is not None]
        failures = [end.failure for end in ends if end.failure is not None]
        return live.Outcome(sum(end.captured for end in ends),
                            sum((end.statistics for end in ends), NOTHING),
                            list(dict.fromkeys(note for end in ends for note in end.notes)),
                            failures[0] if failures else None)

    def stop(self) -> None:
        """Have every worker stop and complete its file."""
        for one in self.team:
            one.kill(signal.SIGTERM)

    def serve(self) -> None:
        """Pass on what signals asked for; tell the counts when all workers have answered."""
        while self.signals.wishes:
            wish = self.signals.wishes.pop(0)
            if wish == signal.SIGUSR1 and not self.asked:
                self.asked = True
                for one in self.team:
                    one.status = None
            for one in self.team:
                one.kill(wish)
        told = [one.status for one in self.team]
        if self.asked and all(told):
            self.asked = False
            answers = [status for status in told if status is not None]
            live.tell_status(sum(captured for captured, _ in answers),
                             sum((counted for _, counted in answers), NOTHING))


def own_options(options: DumpOptions, number: int) -> DumpOptions:
    """The options of one worker: a file name and a share of the disk of its own."""
    own = copy(options)
    if options.write is not None:
        own.write = own_name(options.write, number, len(str(options.workers - 1)))
    own.max_disk = options.max_disk // options.workers
    return own


def own_name(path: str, number: int, width: int) -> str:
    """``out.pcap.zst`` → ``out.w0.pcap.zst``: before the suffixes that tell the format."""
    stem, suffixes = path, ""
    while True:
        base, suffix = os.path.splitext(stem)
        if suffix.lower() not in (*BY_SUFFIX, *COMPRESSED_BY_SUFFIX):
            return f"{stem}.w{number:0{width}d}{suffixes}"
        stem, suffixes = base, suffix + suffixes


def work(number: int, shares: list[list[Tap]], options: DumpOptions, signals: Signals,
         lead: Connection, parent: int) -> None:
    """What a worker does: a capture like any other, told to the process that leads."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    end_with_parent(signal.SIGTERM, parent)
    for share in shares[:number] + shares[number + 1:]:
        for tap in share:
            tap.let_go()
    with suppress(KeyboardInterrupt, BrokenPipeError):  # asked twice to stop; the lead is gone
        lead.send(portable(outcome_of(live.joined(shares[number]), options, signals, lead,
                                      shares[number], parent)))


def outcome_of(source: Any, options: DumpOptions, signals: Signals, lead: Connection,
               taps: list[Tap], parent: int) -> live.Outcome:
    """Capture to the end; the lead is told the counts when it asks."""
    try:
        wait_until(lambda: signals.stopped)
        leaving = rights.Leaving(options, forget=lambda: let_go(taps))
        sink: Any = rights.with_hint(outputs.make_sink, options, None, source,
                                     descriptions(options.places))
        leaving.enter(taps=[tap.fileno() for tap in taps],
                      between=lambda: end_with_parent(signal.SIGTERM, parent))
        lead.send(BOXED)
    except (FykeError, OSError) as error:
        source.close()
        return live.Outcome(0, NOTHING, [], error)
    return live.capture(options, signals, source, sink,
                        lambda captured, statistics: lead.send((captured, statistics)))


def let_go(taps: list[Tap]) -> None:
    """A helper of a worker holds none of its taps."""
    for tap in taps:
        tap.let_go()


def portable(outcome: live.Outcome) -> live.Outcome:
    """The same without what only the worker's process can hold (a failure's cause)."""
    failure = outcome.failure
    if isinstance(failure, FykeError):
        failure = type(failure)(str(failure))
    return outcome._replace(failure=failure)
