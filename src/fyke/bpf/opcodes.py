"""The 49 instructions of classic BPF as a table: what they are called and how their operand reads.

Listing, assembler, checker and proof are all driven by it (net/core/filter.c: chk_code_allowed).
"""

from __future__ import annotations

from fyke.hints import NamedTuple


class Opcode(NamedTuple):
    """One instruction: its mnemonic and the form of its operand."""

    name: str
    operand: str


#: Forms of an operand, as ``tcpdump -d`` writes them. Those in words are not plain formats.
ABSOLUTE = "absolute"  #: [14], or the name of an ancillary load: [vlan_tci]
TARGET = "target"  #: number of the next instruction
INDIRECT, HEADER, MEMORY, HEX, DECIMAL, REGISTER_X, LENGTH, NONE = (
    "[x + %d]", "4*([%d]&0xf)", "M[%d]", "#0x%x", "#%d", "x", "#pktlen", "")

OPCODES = {
    0x00: Opcode("ld", HEX),
    0x20: Opcode("ld", ABSOLUTE),
    0x40: Opcode("ld", INDIRECT),
    0x60: Opcode("ld", MEMORY),
    0x80: Opcode("ld", LENGTH),
    0x28: Opcode("ldh", ABSOLUTE),
    0x48: Opcode("ldh", INDIRECT),
    0x30: Opcode("ldb", ABSOLUTE),
    0x50: Opcode("ldb", INDIRECT),
    0x01: Opcode("ldx", HEX),
    0x61: Opcode("ldx", MEMORY),
    0x81: Opcode("ldx", LENGTH),
    0xB1: Opcode("ldxb", HEADER),
    0x02: Opcode("st", MEMORY),
    0x03: Opcode("stx", MEMORY),
    0x04: Opcode("add", DECIMAL), 0x0C: Opcode("add", REGISTER_X),
    0x14: Opcode("sub", DECIMAL), 0x1C: Opcode("sub", REGISTER_X),
    0x24: Opcode("mul", DECIMAL), 0x2C: Opcode("mul", REGISTER_X),
    0x34: Opcode("div", DECIMAL), 0x3C: Opcode("div", REGISTER_X),
    0x44: Opcode("or", HEX), 0x4C: Opcode("or", REGISTER_X),
    0x54: Opcode("and", HEX), 0x5C: Opcode("and", REGISTER_X),
    0x64: Opcode("lsh", DECIMAL), 0x6C: Opcode("lsh", REGISTER_X),
    0x74: Opcode("rsh", DECIMAL), 0x7C: Opcode("rsh", REGISTER_X),
    0x84: Opcode("neg", NONE),
    0x94: Opcode("mod", DECIMAL), 0x9C: Opcode("mod", REGISTER_X),
    0xA4: Opcode("xor", HEX), 0xAC: Opcode("xor", REGISTER_X),
    0x05: Opcode("ja", TARGET),
    0x15: Opcode("jeq", HEX), 0x1D: Opcode("jeq", REGISTER_X),
    0x25: Opcode("jgt", HEX), 0x2D: Opcode("jgt", REGISTER_X),
    0x35: Opcode("jge", HEX), 0x3D: Opcode("jge", REGISTER_X),
    0x45: Opcode("jset", HEX), 0x4D: Opcode("jset", REGISTER_X),
    0x06: Opcode("ret", DECIMAL), 0x16: Opcode("ret", NONE),
    0x07: Opcode("tax", NONE), 0x87: Opcode("txa", NONE),
}

#: What ``tcpdump -d`` calls the ancillary loads, by their offset from SKF_AD_OFF.
ANCILLARY = {
    0: "proto", 4: "type", 8: "ifidx", 12: "nla", 16: "nlan", 20: "mark", 24: "queue",
    28: "hatype", 32: "rxhash", 36: "cpu", 40: "xor_x", 44: "vlan_tci", 48: "vlanp", 52: "poff",
    56: "random", 60: "vlan_tpid",
}
