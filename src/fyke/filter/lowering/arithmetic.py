"""Arithmetic and comparisons: ``tcp[13] & 7 != 0``, ``len > 100``.

Every value is kept in a scratch word as soon as it is there, in the order in which it is written,
and a value that reads a protocol's header brings a guard: the test that the packet has one.
"""

from __future__ import annotations

from fyke.bpf.instructions import (
    ADD,
    ALU,
    AND,
    DIV,
    IMM,
    IND,
    JEQ,
    JGE,
    JGT,
    LD,
    LDX,
    LSH,
    MEM,
    MISC,
    MOD,
    MUL,
    NEG,
    OR,
    RSH,
    ST,
    SUB,
    TAX,
    XOR,
    B,
    H,
    W,
    X,
)
from fyke.filter.graph import Statement
from fyke.filter.lowering.fragment import Fragment, all_of, negate
from fyke.filter.lowering.generator import IPV6_HEADER, Generator
from fyke.filter.lowering.inside import carried
from fyke.filter.lowering.layout import Movable
from fyke.filter.lowering.ports import first_fragment
from fyke.filter.lowering.protocols import (
    IP_PROTOCOLS,
    LINK_PROTOCOLS,
    ip6_protocol,
    ip_protocol,
    named,
)
from fyke.filter.lowering.value import Value, add_guard
from fyke.filter.numbers import EtherType, IpProtocol
from fyke.filter.syntax import (
    Binary,
    Length,
    Load,
    Negate,
    Number,
    Relation,
    arithmetic_postorder,
)

OPERATIONS = {"+": ADD, "-": SUB, "*": MUL, "/": DIV, "%": MOD, "&": AND, "|": OR, "^": XOR,
              "<<": LSH, ">>": RSH}

#: A comparison is a BPF test, perhaps the wrong way round.
COMPARISONS = {">": (JGT, False), ">=": (JGE, False), "=": (JEQ, False),
               "<=": (JGT, True), "<": (JGE, True), "!=": (JEQ, True)}

WIDTHS = {1: B, 2: H, 4: W}

#: Protocols whose header is the network header, and those that are above IPv4.
NETWORK_HEADERS = frozenset(LINK_PROTOCOLS) & {
    "ip", "ip6", "arp", "rarp", "atalk", "decnet", "sca", "lat", "moprc", "mopdl"}
TRANSPORT_HEADERS = frozenset(
    {"sctp", "tcp", "udp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp"})
RADIO_LINKS = frozenset({"IEEE802_11_RADIO", "IEEE802_11_RADIO_AVS", "PRISM_HEADER"})


def relation(gen: Generator, node: Relation) -> Fragment:
    """``left op right``."""
    test, reverse = COMPARISONS[node.op]
    left, right = value_of(gen, node.left), value_of(gen, node.right)
    gen.span = node.span
    right.statements += [_load_x(gen, right), _load_a(gen, left)]
    left.statements += right.statements
    fragment = gen.jump_x(test, left.statements)
    if reverse:
        fragment = negate(fragment)
    gen.registers.free(left.register)
    gen.registers.free(right.register)
    guards = [guard for guard in (left.guard, right.guard) if guard is not None]
    return all_of(*guards, fragment)


def value_of(gen: Generator, tree: Number | Length | Load | Binary | Negate) -> Value:
    """The code for an arithmetic expression, however deep."""
    values: list[Value] = []
    for node in arithmetic_postorder(tree):
        gen.span = node.span
        if isinstance(node, Number):
            values.append(_constant(gen, node.value))
        elif isinstance(node, Length):
            values.append(_stored(gen, gen.length(), gen.take_register()))
        elif isinstance(node, Load):
            values.append(_load(gen, node, values.pop()))
        elif isinstance(node, Negate):
            values.append(_negated(gen, values.pop()))
        else:
            right = values.pop()
            values.append(_binary(gen, node.op, values.pop(), right))
    return values.pop()


def _constant(gen: Generator, number: int) -> Value:
    value = _stored(gen, [gen.statement(LD | IMM, number)], gen.take_register())
    value.constant = number
    return value


def _stored(gen: Generator, statements: list[Statement], register: int) -> Value:
    """Keep A in a scratch word."""
    statements.append(gen.statement(ST, register))
    return Value(statements, register)


def _load_x(gen: Generator, value: Value) -> Statement:
    return gen.statement(LDX | MEM, value.register)


def _load_a(gen: Generator, value: Value) -> Statement:
    return gen.statement(LD | MEM, value.register)


def _negated(gen: Generator, value: Value) -> Value:
    value.statements += [_load_a(gen, value), gen.statement(ALU | NEG),
                         gen.statement(ST, value.register)]
    value.constant = None
    return value


def _binary(gen: Generator, op: str, left: Value, right: Value) -> Value:
    code = OPERATIONS[op]
    _check_operand(gen, op, right.constant)
    right.statements += [_load_x(gen, right), _load_a(gen, left), gen.statement(ALU | X | code)]
    left.statements += right.statements
    gen.registers.free(left.register)
    gen.registers.free(right.register)
    left.register = gen.take_register()
    left.constant = None
    left.statements.append(gen.statement(ST, left.register))
    return left


def _check_operand(gen: Generator, op: str, constant: int | None) -> None:
    """Refuse what the machine cannot do, also where nobody optimises."""
    if constant is None:
        return
    if op == "/" and constant == 0:
        gen.fail("division by zero")
    if op == "%" and constant == 0:
        gen.fail("modulus by zero")
    if op in ("<<", ">>") and constant > 31:
        gen.fail("shift by more than 31 bits")


# --- reading the packet ---------------------------------------------------------------------------

def _load(gen: Generator, node: Load, index: Value) -> Value:
    """``protocol[index:size]``."""
    register = gen.take_register()
    gen.registers.free(index.register)
    if node.size not in WIDTHS:
        gen.fail("data size must be 1, 2, or 4")
    width = WIDTHS[node.size]
    protocol = node.protocol
    if protocol == "radio":
        _radio(gen, index, width)
    elif protocol == "link":
        index.statements += _indexed(gen, "header", index, width, 0)
    elif protocol in NETWORK_HEADERS:
        index.statements += _indexed(gen, "payload", index, width, gen.layout.network)
        add_guard(index, named(gen, protocol))
    elif gen.scoped and protocol in (*TRANSPORT_HEADERS, "icmp6", "payload"):
        from fyke.filter.lowering.indexes import above_ip

        above_ip(gen, index, width, protocol)
    elif protocol in TRANSPORT_HEADERS:
        _transport(gen, index, width, protocol)
    elif protocol == "icmp6":
        add_guard(index, carried(gen, EtherType.IPV6))
        add_guard(index, ip6_protocol(gen, IpProtocol.ICMP6))
        distance = gen.layout.network + IPV6_HEADER
        index.statements += _indexed(gen, "payload", index, width, distance)
    else:
        gen.fail(f"'{protocol}' does not support the index operation")
    index.register = register
    index.constant = None
    index.statements.append(gen.statement(ST, register))
    return index


def _indexed(gen: Generator, movable: Movable, index: Value, width: int,
             distance: int) -> list[Statement]:
    """Load A from an offset of the layout plus an index plus a distance."""
    code = gen.variable_part(movable)
    if code:
        code += [_load_a(gen, index), gen.statement(ALU | ADD | X), gen.statement(MISC | TAX)]
    else:
        code = [_load_x(gen, index)]
    constant = gen.layout.offset(movable).constant
    code.append(gen.statement(LD | IND | width, constant + distance))
    return code


def _radio(gen: Generator, index: Value, width: int) -> None:
    """An index into the radio header, which begins the packet."""
    if gen.layout.link.type.name not in RADIO_LINKS:
        gen.fail("radio information not present in capture")
    index.statements += [_load_x(gen, index), gen.statement(LD | IND | width)]


def _transport(gen: Generator, index: Value, width: int, protocol: str) -> None:
    """An index into a header above IPv4, which only a first fragment has."""
    code = gen.ip_header_length()
    code += [_load_a(gen, index), gen.statement(ALU | ADD | X), gen.statement(MISC | TAX)]
    at = gen.layout.payload.constant + gen.layout.network
    code.append(gen.statement(LD | IND | width, at))
    index.statements += code
    add_guard(index, carried(gen, EtherType.IP))
    add_guard(index, ip_protocol(gen, IP_PROTOCOLS[protocol][0]))
    add_guard(index, first_fragment(gen))
