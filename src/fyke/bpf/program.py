"""A compiled filter: instructions, and where each of them came from."""

from __future__ import annotations

from fyke.bpf.instructions import Instruction
from fyke.errors import ProgramError, WrongType
from fyke.hints import TYPE_CHECKING, Any, Iterable

if TYPE_CHECKING:
    from fyke.bpf.ancillary import Ancillary
    from fyke.bpf.explain import Explanation
    from fyke.bpf.machine import Machine
    from fyke.wire import Record

LONGEST = 0xFFFFFFFF  # octets on the wire: what a savefile has room for

#: Columns of an expression, from and up to (exclusive); None for what no word asked for.
Span = tuple[int, int] | None


class Program:
    """A classic BPF program, for the kernel or for ``machine()``. Immutable.

    Two programs are equal when their instructions are, whatever they were made from. Not a
    dataclass: importing those would be a fifth of the time that ``fyke dump -d`` takes.
    """

    __slots__ = ("_machine", "expression", "instructions", "link_type", "roles", "snaplen",
                 "spans")

    instructions: tuple[Instruction, ...]
    expression: str  #: "" if made from none
    link_type: int  #: LINKTYPE number
    snaplen: int  #: octets kept of a match
    #: For each instruction the columns of the expression it came from; empty if not known.
    spans: tuple[Span, ...]
    roles: dict[int, str]  #: what scratch words hold, for who explains it; see bpf/meaning.py
    _machine: Machine | None

    def __init__(self, instructions: Iterable[Iterable[int]], *, expression: str = "",
                 link_type: int = 1, snaplen: int = 262144,
                 spans: Iterable[Span] = (), roles: dict[int, str] | None = None) -> None:
        put = object.__setattr__
        put(self, "instructions", tuple(map(_instruction, _each(instructions))))
        put(self, "expression", expression)
        put(self, "link_type", link_type)
        put(self, "snaplen", snaplen)
        put(self, "spans", tuple(spans))
        put(self, "roles", dict(roles or {}))
        put(self, "_machine", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a program is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a program is immutable: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return self.instructions == other.instructions

    def __hash__(self) -> int:
        return hash(self.instructions)

    def __repr__(self) -> str:
        return (f"Program(instructions={self.instructions!r}, expression={self.expression!r}, "
                f"link_type={self.link_type}, snaplen={self.snaplen}, spans={self.spans!r})")

    def __str__(self) -> str:
        """What ``tcpdump -d`` prints, without the last new line."""
        from fyke.bpf.listing import tcpdump

        return tcpdump(self).rstrip("\n")

    def __len__(self) -> int:
        return len(self.instructions)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.instructions, self.expression, self.link_type, self.snaplen,
                          self.spans, self.roles)

    def machine(self) -> Machine:
        """What runs this program on packets; made once. Raises ProgramError if it cannot run."""
        if self._machine is None:
            from fyke.bpf.machine import Machine  # not needed for a listing

            object.__setattr__(self, "_machine", Machine(self.instructions))
        assert self._machine is not None
        return self._machine

    def run(self, packet: Any, wire_length: int | None = None,
            ancillary: Ancillary | None = None) -> int:
        """Octets to keep of a packet (a fyke.Packet, or octets: anything with the buffer
        protocol); 0: drop it.

        ``wire_length`` is what octets measured before they were cut short. With ``ancillary``
        the program sees what the Linux kernel's would. Raises ProgramError, also for a fyke.Packet
        whose link type is not the one that the program was compiled for.
        """
        return self.machine().run(self.window(packet, wire_length, ancillary))

    def explain(self, packet: Any, wire_length: int | None = None,
                ancillary: Ancillary | None = None) -> Explanation:
        """Why the packet is taken or not: the test that decided, and every step to it.

        Arguments and errors as for ``run``.
        """
        from fyke.bpf.explain import explain

        return explain(self, packet, wire_length, ancillary)

    def window(self, packet: Any, wire_length: int | None = None,
               ancillary: Ancillary | None = None) -> Record:
        """What the machine reads of a packet; arguments as for ``run``."""
        from fyke.wire import Record  # not needed for a listing

        record = getattr(packet, "record", packet)  # a packet in a user's hands has one
        if isinstance(record, Record):
            if record is not packet and record.link_type != self.link_type and self.expression:
                raise ProgramError(self.mismatch(record.link_type))
            window = record.copy()
        else:
            try:
                window = Record(record, self.link_type)
            except (TypeError, ValueError, BufferError):
                raise WrongType("packet must be a fyke.Packet or octets (bytes), not "
                                f"{type(packet).__name__}") from None
        if wire_length is not None:
            if not isinstance(wire_length, int) or not 0 <= wire_length <= LONGEST:
                raise WrongType(f"wire_length must be an integer from 0 to {LONGEST}")
            window.wirelen = wire_length
        window.meta = ancillary
        return window


    def mismatch(self, link_type: int) -> str:
        """Why a packet of another link type is refused: the program would look at wrong octets."""
        from fyke.linktypes import by_number

        own, other = by_number(self.link_type), by_number(link_type)
        return (f"the program was compiled for {own.name or own.number}, the packet is "
                f"{other.name or other.number}: fyke.compile(…, link_type=packet.link_type)")


def _each(instructions: Any) -> Iterable[Any]:
    if isinstance(instructions, (str, bytes)) or not hasattr(instructions, "__iter__"):
        raise WrongType("a program is made of instructions (code, jt, jf, k), not of "
                        f"{type(instructions).__name__}")
    return instructions  # type: ignore[no-any-return]


def _instruction(given: Any) -> Instruction:
    try:
        made = Instruction(*given)
    except TypeError:
        made = None
    if made is None or not all(isinstance(number, int) for number in made):
        raise WrongType(f"an instruction is four integers (code, jt, jf, k), not {given!r:.80}")
    return made


def _restore(instructions: tuple[Instruction, ...], expression: str, link_type: int,
             snaplen: int, spans: tuple[Span, ...], roles: dict[int, str]) -> Program:
    return Program(instructions, expression=expression, link_type=link_type, snaplen=snaplen,
                   spans=spans, roles=roles)
