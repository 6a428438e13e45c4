"""The classic BPF instruction set (include/uapi/linux/bpf_common.h; McCanne & Jacobson 1993).

An instruction is 8 octets: code (16 bits), jt and jf (8 bits each: instructions to skip when a
jump's test is true or false), k (32 bits, unsigned). The machine has an accumulator A, an index
register X, and 16 words of scratch memory M[].
"""

from __future__ import annotations

from fyke.hints import NamedTuple

# Instruction classes: code & 0x07
LD, LDX, ST, STX, ALU, JMP, RET, MISC = range(8)
# Width of a load: code & 0x18
W, H, B = 0x00, 0x08, 0x10
# Addressing mode of a load: code & 0xe0
IMM, ABS, IND, MEM, LEN, MSH = 0x00, 0x20, 0x40, 0x60, 0x80, 0xA0
# Operation of ALU: code & 0xf0
ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, NEG, MOD, XOR = (
    0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xA0)
# Operation of JMP: code & 0xf0
JA, JEQ, JGT, JGE, JSET = 0x00, 0x10, 0x20, 0x30, 0x40
# Operand of ALU and JMP: code & 0x08; of RET: code & 0x18
K, X, A = 0x00, 0x08, 0x10
# Operation of MISC: code & 0xf8
TAX, TXA = 0x00, 0x80

MEMORY_WORDS = 16  #: BPF_MEMWORDS
MAX_INSTRUCTIONS = 4096  #: BPF_MAXINSNS, include/uapi/linux/bpf_common.h

# Ancillary loads: LD|W|ABS (H and B too) at SKF_AD_OFF + n (include/uapi/linux/filter.h).
SKF_AD_OFF = 0xFFFFF000  #: -0x1000
SKF_NET_OFF = 0xFFF00000  #: -0x100000: offsets from the network header
SKF_LL_OFF = 0xFFE00000  #: -0x200000: offsets from the link-layer header
(AD_PROTOCOL, AD_PKTTYPE, AD_IFINDEX, AD_NLATTR, AD_NLATTR_NEST, AD_MARK, AD_QUEUE, AD_HATYPE,
 AD_RXHASH, AD_CPU, AD_ALU_XOR_X, AD_VLAN_TAG, AD_VLAN_TAG_PRESENT, AD_PAY_OFFSET, AD_RANDOM,
 AD_VLAN_TPID) = range(0, 64, 4)


class Instruction(NamedTuple):
    """One instruction; ``k`` is unsigned, 0 to 0xffffffff."""

    code: int
    jt: int
    jf: int
    k: int
