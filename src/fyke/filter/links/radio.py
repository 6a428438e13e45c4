"""The headers that drivers put before an 802.11 frame: radiotap, PPI, AVS and Prism.

Each has its length somewhere, and that is all a filter needs of it.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ABS,
    ADD,
    ALU,
    AND,
    IMM,
    JA,
    JEQ,
    JMP,
    LD,
    LSH,
    MEM,
    MISC,
    OR,
    ST,
    TAX,
    B,
    K,
    W,
    X,
)
from fyke.filter.graph import Statement
from fyke.filter.links.wlan import Wlan, branch, store_radio_length
from fyke.filter.lowering.generator import Generator

#: An AVS header begins with this magic number, of which the masked bits are the version.
AVS_MAGIC = 0x80211000
AVS_MAGIC_MASK = 0xFFFFF000
AVS_LENGTH = 4  #: offset of the length, 32 bits
PRISM_LENGTH = 144  #: in theory it varies

# Radiotap's first word of presence bits, as it is loaded (it is little-endian), and its flags.
RADIOTAP_PRESENT = 4
TSFT_PRESENT = 0x01000000
FLAGS_PRESENT = 0x02000000
EXTENSION_PRESENT = 0x00000080
FLAGS_AFTER_TSFT = 16
FLAGS_FIRST = 8
DATA_PAD = 0x20
PAD = 4  #: Atheros pads the header of a data frame to a multiple of this

START = Wlan.start._replace(variable_header=True)


def _little_endian_length(gen: Generator) -> list[Statement]:
    """Load A with the little-endian length at offset 2 (radiotap and PPI)."""
    return [gen.statement(LD | B | ABS, 3), gen.statement(ALU | LSH | K, 8),
            gen.statement(MISC | TAX), gen.statement(LD | B | ABS, 2),
            gen.statement(ALU | OR | X)]


class Radiotap(Wlan):
    """https://www.radiotap.org"""

    start = START

    def radio_length(self, gen: Generator) -> list[Statement]:
        if gen.layout.header.register is None:
            return []
        return _little_endian_length(gen) + store_radio_length(gen)

    def padding(self, gen: Generator, program: Statement | None) -> list[Statement]:
        # A packet with more than one word of presence bits is taken to have no padding.
        register = gen.register_of("payload")
        round_up = [gen.statement(LD | MEM, register), gen.statement(ALU | ADD | K, PAD - 1),
                    gen.statement(ALU | AND | K, -PAD), gen.statement(ST, register)]
        first = gen.statement(LD | ABS | B, FLAGS_FIRST)
        after_tsft = gen.statement(LD | ABS | B, FLAGS_AFTER_TSFT)
        tsft = branch(gen, TSFT_PRESENT, after_tsft, first)
        extension = branch(gen, EXTENSION_PRESENT, program, tsft)
        return [gen.statement(LD | ABS | W, RADIOTAP_PRESENT),
                branch(gen, FLAGS_PRESENT, extension, program), extension, tsft,
                after_tsft, branch(gen, DATA_PAD, round_up[0], program),
                first, branch(gen, DATA_PAD, round_up[0], program), *round_up]


class Ppi(Wlan):
    """CACE's per-packet information, taken to be about 802.11; it says so at offset 4."""

    start = START
    tags = "no"

    def radio_length(self, gen: Generator) -> list[Statement]:
        if gen.layout.header.register is None:
            return []
        return _little_endian_length(gen) + store_radio_length(gen)


class Avs(Wlan):
    """Absolute Value Systems' header."""

    start = START

    def radio_length(self, gen: Generator) -> list[Statement]:
        if gen.layout.header.register is None:
            return []
        return [gen.statement(LD | W | ABS, AVS_LENGTH), *store_radio_length(gen)]


class Prism(Wlan):
    """Prism's header, or AVS's where a Linux driver says Prism and means AVS."""

    start = START

    def radio_length(self, gen: Generator) -> list[Statement]:
        gen.optimizable = False  # jumps among statements
        if gen.layout.header.register is None:
            return []
        store = store_radio_length(gen)
        avs = gen.statement(LD | W | ABS, AVS_LENGTH)
        prism = gen.statement(LD | W | IMM, PRISM_LENGTH)
        done = gen.statement(JMP | JA | K, 1)
        done.on_true = store[0]
        is_avs = gen.statement(JMP | JEQ | K, AVS_MAGIC)
        is_avs.on_true, is_avs.on_false = avs, prism
        return [gen.statement(LD | W | ABS, 0), gen.statement(ALU | AND | K, AVS_MAGIC_MASK),
                is_avs, avs, done, prism, *store]
