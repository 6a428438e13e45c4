"""IEEE 802.11, bare or behind a radio header of variable length.

Addresses move with the frame's type and with its To DS and From DS bits (IEEE 802.11, 9.2.4 and
9.3.2.1), so every test of one looks at frame control first.
"""

from __future__ import annotations

from collections.abc import Callable

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    IMM,
    IND,
    JEQ,
    JMP,
    JSET,
    LD,
    LDX,
    MEM,
    MISC,
    ST,
    TAX,
    TXA,
    B,
    K,
)
from fyke.filter.graph import Statement
from fyke.filter.links.link import Link
from fyke.filter.links.llc import llc_carries, snap
from fyke.filter.lowering.directions import PLAIN, in_direction
from fyke.filter.lowering.fragment import Fragment, all_of, both, either
from fyke.filter.lowering.generator import LINK, Generator
from fyke.filter.lowering.layout import Start

# Frame control, first octet.
TYPE_MASK = 0x0C
CONTROL = 0x04
DATA = 0x08
SUBTYPE_MASK = 0xF0
CTS = 0xC0
ACK = 0xD0
QOS = 0x80
# Frame control, second octet.
HT_CONTROL = 0x80  #: of a frame with quality of service: HT control follows (9.2.4.1.10)
DIRECTION_MASK = 0x03
TO_DS = 0x01
FROM_DS = 0x02

# Offsets of the four addresses.
ADDRESS1 = 4
ADDRESS2 = 10
ADDRESS3 = 16
ADDRESS4 = 24

DATA_HEADER = 24  #: of a data frame with three addresses
FOURTH_ADDRESS = 6  #: octets
HT_CONTROL_SIZE = 4

Match = Callable[[int], Fragment]


class Wlan(Link):
    """802.11 frames."""

    start = Start(type=24, payload=0, network=8, network_no_snap=3, variable_payload=True)
    has_addresses = True
    tags = "packet"

    # --- the protocol inside ---------------------------------------------------------------------

    def carries(self, gen: Generator, protocol: int) -> Fragment:
        return both(self.llc(gen), llc_carries(gen, protocol))

    def carries_snap(self, gen: Generator, organisation: int, protocol: int) -> Fragment:
        return both(self.llc(gen), snap(gen, organisation, protocol))

    def llc(self, gen: Generator) -> Fragment:
        return self.frame_type(gen, DATA, TYPE_MASK)

    def frame_type(self, gen: Generator, value: int, mask: int) -> Fragment:
        return gen.masked(LINK, 0, B, value, mask)

    def frame_direction(self, gen: Generator, value: int) -> Fragment:
        if value > DIRECTION_MASK:
            gen.fail(f"invalid 802.11 direction value {value}, greater than {DIRECTION_MASK}")
        return gen.masked(LINK, 1, B, value, DIRECTION_MASK)

    # --- addresses -------------------------------------------------------------------------------

    def host(self, gen: Generator, address: bytes, direction: str | None, word: str) -> Fragment:
        def at(offset: int) -> Fragment:
            return gen.octets(LINK, offset, address)

        if direction in PLAIN:
            return in_direction(direction, lambda side: (
                _source(gen, at) if side == "src" else _destination(gen, at)))
        return _ADDRESSES[direction](gen, at)

    def multicast(self, gen: Generator) -> Fragment:
        return _destination(gen, lambda offset: gen.any_bit(LINK, offset, B, 1))

    # --- headers of variable length --------------------------------------------------------------

    def prologue(self, gen: Generator, program: list[Statement]) -> list[Statement]:
        if gen.layout.payload.register is None:
            return self.radio_length(gen)
        if gen.layout.header.variable:
            gen.register_of("header")  # the payload's offset is reckoned from the header's
        code = self.radio_length(gen) or [
            gen.statement(LDX | IMM, gen.layout.outer_header.constant)]
        return code + self.header_length(gen, program[0] if program else None)

    def radio_length(self, gen: Generator) -> list[Statement]:
        """What loads X with the length of the radio header, if anybody asked for it."""
        return []

    def header_length(self, gen: Generator, program: Statement | None) -> list[Statement]:
        """Reckon where the payload begins, from X, where the 802.11 header begins.

        Only a data frame has a payload; two octets more with quality of service. ``program`` is
        where to go on.
        """
        gen.optimizable = False  # jumps among statements
        register = gen.register_of("payload")
        inside = gen.layout.link is not self  # PPPoE, say; libpcap then forgets the padding
        after = [] if inside else self.padding(gen, program)
        if gen.scoped:
            return self.whole_header_length(gen, program, after)
        add_qos = [gen.statement(LD | MEM, register), gen.statement(ALU | ADD | K, 2),
                   gen.statement(ST, register)]
        has_qos = branch(gen, QOS, add_qos[0], after[0] if after else program)
        not_control = branch(gen, CONTROL, program, has_qos)
        return [gen.statement(MISC | TXA), gen.statement(ALU | ADD | K, DATA_HEADER),
                gen.statement(ST, register), gen.statement(LD | IND | B, 0),
                branch(gen, DATA, not_control, program), not_control, has_qos,
                *add_qos, *after]

    def whole_header_length(self, gen: Generator, program: Statement | None,
                            after: list[Statement]) -> list[Statement]:
        """The same in the dialect fyke: with the fourth address and HT control (9.3.2.1)."""
        register = gen.register_of("payload")

        def add(octets: int) -> list[Statement]:
            return [gen.statement(LD | MEM, register), gen.statement(ALU | ADD | K, octets),
                    gen.statement(ST, register)]

        end = after[0] if after else program
        fourth, qos, control = add(FOURTH_ADDRESS), add(2), add(HT_CONTROL_SIZE)
        has_control = branch(gen, HT_CONTROL, control[0], end)
        qos += [gen.statement(LD | IND | B, 1), has_control]
        load = gen.statement(LD | IND | B, 0)
        has_qos = branch(gen, QOS, qos[0], end)
        four = gen.statement(JMP | JEQ | K, TO_DS | FROM_DS)
        four.on_true, four.on_false = fourth[0], load
        directions = gen.statement(LD | IND | B, 1)
        not_control = branch(gen, CONTROL, program, directions)
        return [gen.statement(MISC | TXA), gen.statement(ALU | ADD | K, DATA_HEADER),
                gen.statement(ST, register), gen.statement(LD | IND | B, 0),
                branch(gen, DATA, not_control, program), not_control, directions,
                gen.statement(ALU | AND | K, DIRECTION_MASK), four, *fourth, load, has_qos, *qos,
                *control, *after]

    def padding(self, gen: Generator, program: Statement | None) -> list[Statement]:
        """What rounds the payload's offset up where the radio header says so."""
        return []


def branch(gen: Generator, bits: int, on_true: Statement | None,
            on_false: Statement | None) -> Statement:
    """A jump to one of two statements of the same list, by the bits of A."""
    jump = gen.statement(JMP | JSET | K, bits)
    jump.on_true, jump.on_false = on_true, on_false
    return jump


def store_radio_length(gen: Generator) -> list[Statement]:
    """Keep A as the radio header's length, and load X with it."""
    return [gen.statement(ST, gen.register_of("header")), gen.statement(MISC | TAX)]


# --- which address is where -----------------------------------------------------------------------

def _choose(gen: Generator, octet: int, bit: int, clear: Fragment, is_set: Fragment) -> Fragment:
    """One of two tests, by a bit of frame control."""
    return either(both(gen.no_bit(LINK, octet, B, bit), clear),
                  both(gen.any_bit(LINK, octet, B, bit), is_set))


def _not_control(gen: Generator) -> Fragment:
    """Not a control frame, and not of a reserved type: those have no source or destination."""
    return gen.no_bit(LINK, 0, B, CONTROL)


def _source(gen: Generator, at: Match) -> Fragment:
    from_ds = _choose(gen, 1, TO_DS, at(ADDRESS3), at(ADDRESS4))
    data = _choose(gen, 1, FROM_DS, at(ADDRESS2), from_ds)
    return both(_not_control(gen), _choose(gen, 0, DATA, at(ADDRESS2), data))


def _destination(gen: Generator, at: Match) -> Fragment:
    data = _choose(gen, 1, TO_DS, at(ADDRESS1), at(ADDRESS3))
    return both(_not_control(gen), _choose(gen, 0, DATA, at(ADDRESS1), data))


def _is_not(gen: Generator, value: int, mask: int) -> Fragment:
    return gen.compare(LINK, 0, B, value, mask=mask, reverse=True)


def _has_transmitter(gen: Generator) -> Fragment:
    """Not one of the two control frames that have a receiver only."""
    return either(_is_not(gen, CONTROL, TYPE_MASK),
                  both(_is_not(gen, CTS, SUBTYPE_MASK), _is_not(gen, ACK, SUBTYPE_MASK)))


def _not_management(gen: Generator) -> Fragment:
    """Not a management frame, as libpcap sees it: the upper type bit is set."""
    return gen.any_bit(LINK, 0, B, DATA)


def _address1(gen: Generator, at: Match) -> Fragment:
    return at(ADDRESS1)


def _address2(gen: Generator, at: Match) -> Fragment:
    return both(_has_transmitter(gen), at(ADDRESS2))


def _address3(gen: Generator, at: Match) -> Fragment:
    return both(_is_not(gen, CONTROL, TYPE_MASK), at(ADDRESS3))


def _address4(gen: Generator, at: Match) -> Fragment:
    both_ways = gen.masked(LINK, 1, B, TO_DS | FROM_DS, DIRECTION_MASK)
    return both(both_ways, at(ADDRESS4))


def _receiver(gen: Generator, at: Match) -> Fragment:
    return both(_not_management(gen), at(ADDRESS1))


def _transmitter(gen: Generator, at: Match) -> Fragment:
    return all_of(_not_management(gen), _has_transmitter(gen), at(ADDRESS2))


_ADDRESSES: dict[str | None, Callable[[Generator, Match], Fragment]] = {
    "addr1": _address1,
    "addr2": _address2,
    "addr3": _address3,
    "addr4": _address4,
    "ra": _receiver,
    "ta": _transmitter,
}
