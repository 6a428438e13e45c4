"""Options of ``fyke dump`` that have nothing to do in the run at hand: they are said."""

from __future__ import annotations

from fyke.dump.options import CONDITIONS, FLAGS
from fyke.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from fyke.dump.options import DumpOptions, Flag


def tell(options: DumpOptions) -> None:
    """One line for each reason. ``fykedump`` takes tcpdump's own options in silence, as tcpdump."""
    true, job = circumstances(options)
    idle: dict[str, list[str]] = {}
    bound: dict[str, str] = {}  # by option, what another one has to do with it
    for flag in dict.fromkeys(flag for flag, _ in options.given):
        if flag.default in ((), getattr(options, flag.name)) and flag.action != "append":
            continue  # it says what would be anyway
        needs = flag.needs.split()
        if options.as_tcpdump and not flag.own:
            continue
        if true.isdisjoint(needs):
            idle.setdefault(needs[0], []).append(flag.word)
        elif flag.beside and not given(options, flag.beside):
            bound[flag.word] = f"without {word_of(flag.beside)}"
        elif flag.unless and given(options, flag.unless):
            bound[flag.word] = f"with {word_of(flag.unless)}"
    if options.expression and "packets" not in true and "program" not in true \
            and not options.as_tcpdump:
        idle.setdefault("packets", []).append("the expression")
    if not idle and not bound:
        return  # start-up is part of the interface: nothing more is imported
    from fyke.dump.session import say
    instead = {flag.word: flag.instead for flag, _ in options.given}
    for word, other in bound.items():
        say(f"fyke dump: {word}: does nothing {other}")
    for need, words in idle.items():
        about = CONDITIONS[need]
        if need == "expression" and not options.expression:
            about += ", and there is none"
        elif need != "never":
            about += f", nothing to do with {printing(options) if need == 'text' else job}"
        told = "".join(f"; {words}" for words in filter(None, map(instead.get, words)))
        say(f"fyke dump: {', '.join(sorted(words))}: {about}{told}")


def given(options: DumpOptions, name: str) -> bool:
    """Whether the option of this name is not what it is by itself."""
    return bool(getattr(options, name) != row(name).default)


def word_of(name: str) -> str:
    """How messages call the option of this name."""
    return row(name).word


def row(name: str) -> Flag:
    return next(flag for flag in FLAGS if flag.name == name)


def printing(options: DumpOptions) -> str:
    """Why nothing is printed."""
    if lists(options) or options.listing:
        return lists(options) or "-d"
    return "--count" if options.count else "-w without --print"


def lists(options: DumpOptions) -> str:
    """The option that lists something in place of a capture, "" if there is none."""
    for word, value in (("-D", options.list_interfaces), ("-L", options.list_link_types),
                        ("-J", options.list_stamp_types)):
        if value:
            return word
    return ""


def circumstances(options: DumpOptions) -> tuple[set[str], str]:
    """Which CONDITIONS are true of the run, and how messages call what it does."""
    if lists(options):
        which = {"namespace"} if options.list_interfaces else {"namespace", "interface"}
        return which | {"always"}, lists(options)
    asked = {"expression"} if options.expression else set()
    if options.listing:
        return {"always", "program"} | asked, "-d"
    reading = bool(options.read)
    true = {"always", "packets", "read" if reading else "capture"} | asked
    if options.write is not None:
        true |= {"file", "save"} | ({"files"} if options.write != "-" else set())
        if not reading and not options.print:
            true.add("progress")
    if options.printing:
        true.add("text")
    return true, "-r" if reading else "a capture"
