"""Whose packets (--process and its kin): from options to sources that know and choose owners."""

from __future__ import annotations

from fyke.errors import UsageError
from fyke.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fyke.dump.options import DumpOptions
    from fyke.processes.choice import Choice
    from fyke.processes.people import Completer
    from fyke.processes.programs import Wishes

CHOOSING = (("--pid", "pids"), ("--process-name", "process_names"), ("--uid", "uids"),
            ("--container", "containers"))


def settle(options: DumpOptions) -> None:
    """What chooses or shows owners asks for them. Raises UsageError for what does not fit."""
    asked = [word for word, name in CHOOSING if getattr(options, name)]
    if options.follow_forks and not asked:
        raise UsageError("--follow-forks needs to know whose forks: --pid, --process-name, --uid "
                         "or --container")
    if (asked or options.process_arguments) and not options.process:
        options.process = "auto"
    if options.process and options.workers > 1:
        raise UsageError("--process and --workers do not go together: the owners are known in one "
                         "process")
    if options.process and options.write is not None and not options.format:
        save_as_pcapng(options)


def save_as_pcapng(options: DumpOptions) -> None:
    """pcap has no room for owners: a file is pcapng, unless its name says that it is not."""
    name = options.write or ""
    if "pcap" not in name.lower().split(".") and not name.endswith(".cap"):
        options.format = "pcapng"


class Watched:
    """What a capture knows of owners: the programs at work (or /proc), and who is wanted."""

    def __init__(self, watch: Any, choice: Choice) -> None:
        self.watch = watch
        self.choice = choice

    def only_family_of(self, pid: int) -> None:
        """Choose the packets of a process and of all that it starts."""
        self.watch.follow(pid)
        self.choice.followed = self.watch.is_followed
        self.choice.only_followed = True

    def own(self, tap: Any, namespace: str | None, timestamp_type: str) -> Any:
        """The tap, whose packets then say whose they are."""
        from fyke.processes.opening import own
        return own(tap, self.watch, namespace, timestamp_type)

    def chosen(self, source: Any) -> Any:
        """The source without the packets of others, if some were chosen."""
        if not self.choice:
            return source
        from fyke.processes.choice import Chosen
        return Chosen(source, self.choice)

    def told(self) -> list[str]:
        """What is to be said at the end."""
        lines: list[str] = self.watch.told()
        return lines

    def close(self) -> None:
        self.watch.close()


def watch(options: DumpOptions, namespaces: Sequence[str | None] = (None,),
          command: str = "dump") -> Watched | None:
    """Load the programs, before the first tap is open; None where nobody asked for owners.

    This does everything that needs rights: afterwards a box may be closed. ``namespaces`` are
    those of the taps.
    """
    if not options.process:
        return None
    from fyke.dump.session import say
    from fyke.processes.opening import open_owners
    from fyke.processes.people import Completer
    options.both_ways = True  # on the loopback each way has an owner of its own
    choice = choice_of(options)
    complete = Completer()
    made = open_owners(options.process, namespaces, wishes_of(options, choice), complete)
    if options.write is not None and not saves_owners(options):
        say(f"fyke {command}: pcap has no room for owners, so they are not saved; name the file "
            ".pcapng")
    for note in made.notes:
        say(f"fyke {command}: {note}")
    if options.follow_forks:
        follow(made, choice, complete)
    return Watched(made, choice)


def choice_of(options: DumpOptions) -> Choice:
    from fyke.processes.choice import Choice
    return Choice(options.pids, options.process_names, options.uids, options.containers,
                  options.follow_forks)


def saves_owners(options: DumpOptions) -> bool:
    """Whether the file of -w will be pcapng."""
    from fyke.files.formats import told_by_suffix
    return (options.format or told_by_suffix(options.write or "")[0]) == "pcapng"


def wishes_of(options: DumpOptions, choice: Choice) -> Wishes:
    """What the programs are to tell besides sockets' owners."""
    from fyke.processes.programs import Wishes
    by_number = bool(choice.pids) and not (choice.names or choice.uids or choice.containers)
    return Wishes(arguments=options.process_arguments,
                  everyone=(options.follow_forks and not by_number) or options.process_arguments)


def follow(made: Any, choice: Choice, complete: Completer) -> None:
    """Follow the chosen processes that there are, and those below them."""
    from fyke.processes.proc import family
    for pid in sorted({*choice.pids, *family(choice.fits, complete)}):
        made.follow(pid)
    made.follow_children_of(choice.fits)
    choice.followed = made.is_followed


def of_file(options: DumpOptions, source: Any) -> Any:
    """A savefile's source without the packets of others, if some were chosen."""
    if not any(getattr(options, name) for _, name in CHOOSING):
        return source
    from fyke.processes.choice import Chosen
    return Chosen(source, choice_of(options))


def shown(options: DumpOptions) -> Any:
    """What writes owners into lines; None where nobody asked for them."""
    if not options.process:
        return None
    from fyke.dump.owners import Owners
    return Owners()


