"""The filter language's syntax tree: what the parser makes and lowering reads.

Every node ends with ``span``: the columns of the expression it was written in, from and up to
(exclusive). Words are canonical: ``ether`` and its kin are ``link``, ``length`` is ``len``, ``==``
is ``=``, and so on (``words.py`` holds the spellings). Nothing is resolved here except what needs
no name service: numbers, addresses, and the named constants of the language.

A chain ``a or b or c`` is one ``Or`` of three; id lists are already distributed, so that
``port 80 or 81`` is an ``Or`` of two ``Primitive`` nodes with equal qualifiers. Trees may be deep
(``a or b and c or d …`` nests at every change of operator): walk them with ``postorder``, not by
recursion.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers know the name; typing itself is slow to import
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:
    def dataclass_transform(**_):
        return lambda decorated: decorated

#: Columns of the expression, from and up to (exclusive).
Span = tuple[int, int]


@dataclass_transform(frozen_default=True)
class NodeType(type):
    """Makes the annotated names of a class its slots, in order.

    What ``@dataclass(frozen=True, slots=True)`` would give, but without the 20 ms that importing
    dataclasses and generating their methods add to every start of a command.
    """

    fields: tuple[str, ...]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> NodeType:
        fields = tuple(namespace.get("__annotations__", ()))
        namespace["__slots__"] = namespace["__match_args__"] = fields
        made = super().__new__(cls, name, bases, namespace)
        made.fields = fields
        return made


class Node(metaclass=NodeType):
    """An immutable record: fields by position, equal when class and fields are equal."""

    def __init__(self, *values: object) -> None:
        for name, value in zip(type(self).fields, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return type(self)(*[changes.get(name, getattr(self, name)) for name in type(self).fields])

    def _values(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in type(self).fields])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in type(self).fields]
        return f"{type(self).__name__}({', '.join(fields)})"


# --- what a primitive is about -------------------------------------------------------------------

class Qualifiers(Node):
    """The words before an id; None where none was given.

    protocol: "link", "ip", "tcp", "isis", "l1", … (``words.PROTOCOLS``).
    direction: "src", "dst", "src or dst", "src and dst", "addr1" to "addr4", "ra", "ta".
    kind: "host", "net", "port", "portrange", "gateway", "proto", "protochain".
    """

    protocol: str | None
    direction: str | None
    kind: str | None


class Name(Node):
    """A word to be resolved: a host, network, port, port range (``25-53``), protocol or address."""

    text: str  #: without the backslash
    escaped: bool  #: it was written with a backslash
    span: Span


class Number(Node):
    """A number, 0 to 0xffffffff: an id, or a constant in arithmetic."""

    value: int
    span: Span


class Dotted(Node):
    """Two to four numbers with dots: ``192.168``, ``10.0.0.1``; also DECnet's ``area.node``.

    The parts are as written, not checked against 255; ``text`` is for messages.
    """

    parts: tuple[int, ...]
    text: str
    span: Span


class Prefix(Node):
    """``10.0.0.0/8``: a length that is not yet checked against 32."""

    network: Dotted
    length: int
    span: Span


class Masked(Node):
    """``10.0.0.0 mask 255.0.0.0``."""

    network: Dotted
    mask: Dotted
    span: Span


class Address6(Node):
    """An IPv6 address (128-bit number), with ``/length`` or None; length not checked."""

    value: int
    length: int | None
    text: str
    span: Span


class HardwareAddress(Node):
    """A 48-bit MAC address."""

    octets: bytes
    text: str
    span: Span


class ArcnetAddress(Node):
    """ARCNET's ``$aid``: one octet."""

    value: int
    span: Span


Id = Name | Number | Dotted | Prefix | Masked | Address6 | HardwareAddress | ArcnetAddress


# --- arithmetic ----------------------------------------------------------------------------------

class Length(Node):
    """``len``: the packet's length on the wire."""

    span: Span


class Load(Node):
    """``proto[index:size]``: size octets (1 unless written; not checked) at an offset."""

    protocol: str
    index: Arithmetic
    size: int
    span: Span


class Binary(Node):
    """``left op right``; op is one of ``+ - * / % & | ^ << >>``."""

    op: str
    left: Arithmetic
    right: Arithmetic
    span: Span


class Negate(Node):
    """``- operand``."""

    operand: Arithmetic
    span: Span


Arithmetic = Number | Length | Load | Binary | Negate


# --- tests ---------------------------------------------------------------------------------------

class Primitive(Node):
    """Qualifiers and one id: ``src host 10.0.0.1``; in a list, the qualifiers may be inherited."""

    qualifiers: Qualifiers
    id: Id
    span: Span  #: of all words; of the id alone where the qualifiers are inherited


class Relation(Node):
    """``left op right``; op is one of ``> >= = < <= !=``."""

    op: str
    left: Arithmetic
    right: Arithmetic
    span: Span


class Protocol(Node):
    """A protocol alone, as in ``tcp``."""

    protocol: str
    span: Span


class Cast(Node):
    """``[protocol] broadcast`` or ``[protocol] multicast``."""

    word: str  #: "broadcast" or "multicast"
    protocol: str | None
    span: Span


class LengthTest(Node):
    """``less n`` (length <= n) or ``greater n`` (length >= n)."""

    word: str  #: "less" or "greater"
    value: int
    span: Span


class ByteTest(Node):
    """``byte offset op value``: an octet from the packet's start; op is one of ``& | < > =``."""

    offset: int
    op: str
    value: int
    span: Span


class InterfaceIndex(Node):
    """``ifindex n``."""

    value: int
    span: Span


class Encapsulation(Node):
    """``vlan``, ``mpls``, ``pppoed``, ``pppoes``, ``geneve``, ``vxlan``, perhaps with a number.

    What follows in the expression is about what is inside it. The number is not range checked;
    ``pppoed`` never has one.
    """

    word: str
    value: int | None
    span: Span


class Llc(Node):
    """``llc`` or ``llc type``: i s u rr rnr rej ui ua disc dm sabme test xid frmr (checked)."""

    type: str | None
    span: Span


class WlanType(Node):
    """``[wlan] type t [subtype s]`` or ``subtype s``: frame control & mask == value."""

    value: int
    mask: int
    span: Span


class WlanDirection(Node):
    """``[wlan] dir d``: 0 nods, 1 tods, 2 fromds, 3 dstods."""

    value: int
    span: Span


class PfTest(Node):
    """pf's words: ifname, ruleset with a text; rnr, srnr, reason, action with a number."""

    word: str
    value: str | int
    span: Span


class Word(Node):
    """A test of one word.

    inbound outbound; ATM: lane metac bcc oamf4ec oamf4sc sc ilmic oam oamf4 connectmsg metaconnect;
    MTP2: fisu lssu msu hfisu hlssu hmsu.
    """

    word: str
    span: Span


class Field(Node):
    """A field compared with a number: ATM's vpi vci; MTP3's sio opc dpc sls hsio hopc hdpc hsls.

    op is one of ``> >= = < <= !=``. ``vpi (1 or 2)`` is an ``Or`` of two.
    """

    field: str
    op: str
    value: int
    span: Span


# --- tests of fields (field_tests.py) -------------------------------------------------------------

class Numbers(Node):
    """Numbers from ``low`` to ``high`` (inclusive)."""

    low: int
    high: int
    span: Span


class Network(Node):
    """Addresses of IP version 4 or 6 that begin with the first ``length`` bits of ``address``."""

    version: int
    address: int
    length: int
    span: Span


Value = Numbers | Network | HardwareAddress


class FieldTest(Node):
    """``field & mask op value``: dialect fyke's.

    op: ``= != < <= > >=`` with one value; "in" with any number of them; "any" (some bits under the
    mask are set, no value). mask: None where none was written.
    """

    field: str
    mask: int | None
    op: str
    values: tuple[Value, ...]
    span: Span


Test = (Primitive | Relation | Protocol | Cast | LengthTest | ByteTest | InterfaceIndex
        | Encapsulation | Llc | WlanType | WlanDirection | PfTest | Word | Field
        | FieldTest)


# --- combinations --------------------------------------------------------------------------------

class And(Node):
    """Two or more, from left to right."""

    terms: tuple[Expression, ...]
    span: Span


class Or(Node):
    """Two or more, from left to right."""

    terms: tuple[Expression, ...]
    span: Span


class Not(Node):
    """The opposite."""

    term: Expression
    span: Span


Expression = (Primitive | Relation | Protocol | Cast | LengthTest | ByteTest | InterfaceIndex
              | Encapsulation | Llc | WlanType | WlanDirection | PfTest | Word
              | Field | FieldTest | And | Or | Not)


def postorder(tree: Expression) -> list[Expression]:
    """All nodes down to the tests, children before their parent, from left to right.

    An evaluator keeps a stack: a test pushes one value, Not replaces one, And and Or replace
    ``len(node.terms)``. Never recurses, so that no tree is too deep.
    """
    result: list[Expression] = []
    stack: list[Expression] = [tree]
    while stack:  # parent, then children from right to left: the reverse of what is wanted
        node = stack.pop()
        result.append(node)
        if isinstance(node, (And, Or)):
            stack.extend(node.terms)
        elif isinstance(node, Not):
            stack.append(node.term)
    result.reverse()
    return result


def arithmetic_postorder(tree: Arithmetic) -> list[Arithmetic]:
    """The same for arithmetic: Binary takes two from the stack, Load and Negate one."""
    result: list[Arithmetic] = []
    stack: list[Arithmetic] = [tree]
    while stack:
        node = stack.pop()
        result.append(node)
        if isinstance(node, Binary):
            stack.append(node.left)
            stack.append(node.right)
        elif isinstance(node, Load):
            stack.append(node.index)
        elif isinstance(node, Negate):
            stack.append(node.operand)
    result.reverse()
    return result
