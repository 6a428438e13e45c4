"""The parser: trees, inherited qualifiers, precedence, columns, suggestions, and no depth limit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.errors import FilterError
from fyke.filter import syntax
from fyke.filter.parser import parse
from fyke.filter.words import CONSTANTS, KEYWORDS


def text_of_arithmetic(tree: syntax.Arithmetic) -> str:
    match tree:
        case syntax.Number(value):
            return str(value)
        case syntax.Length():
            return "len"
        case syntax.Load(protocol, index, size):
            return f"{protocol}[{text_of_arithmetic(index)}:{size}]"
        case syntax.Negate(operand):
            return f"(-{text_of_arithmetic(operand)})"
        case syntax.Binary(op, left, right):
            return f"({text_of_arithmetic(left)}{op}{text_of_arithmetic(right)})"
    raise AssertionError(tree)


def text_of_id(ident: syntax.Id) -> str:
    match ident:
        case syntax.Name(text, escaped):
            return "\\" * escaped + text
        case syntax.Number(value):
            return str(value)
        case syntax.Dotted(_, text) | syntax.HardwareAddress(_, text):
            return text
        case syntax.Prefix(network, length):
            return f"{network.text}/{length}"
        case syntax.Masked(network, mask):
            return f"{network.text} mask {mask.text}"
        case syntax.Address6(_, length, text):
            return text if length is None else f"{text}/{length}"
        case syntax.ArcnetAddress(value):
            return f"${value:x}"
    raise AssertionError(ident)


def text_of(tree: syntax.Expression | None) -> str:
    """The tree with every qualifier and every parenthesis written out."""
    match tree:
        case None:
            return ""
        case syntax.And(terms):
            return "(" + " and ".join(map(text_of, terms)) + ")"
        case syntax.Or(terms):
            return "(" + " or ".join(map(text_of, terms)) + ")"
        case syntax.Not(term):
            return f"not {text_of(term)}"
        case syntax.Primitive(qualifiers, ident):
            words = [qualifiers.protocol, qualifiers.direction, qualifiers.kind, text_of_id(ident)]
            return " ".join(word for word in words if word)
        case syntax.Relation(op, left, right):
            return f"{text_of_arithmetic(left)} {op} {text_of_arithmetic(right)}"
        case syntax.Protocol(protocol):
            return protocol
        case syntax.Cast(word, protocol):
            return word if protocol is None else f"{protocol} {word}"
        case syntax.ByteTest(offset, op, value):
            return f"byte {offset} {op} {value}"
        case syntax.Encapsulation(word, value):
            return word if value is None else f"{word} {value}"
        case syntax.Llc(kind):
            return "llc" if kind is None else f"llc {kind}"
        case syntax.WlanType(value, mask):
            return f"wlan {value:#x}/{mask:#x}"
        case syntax.WlanDirection(value):
            return f"wlan dir {value}"
        case syntax.Word(word):
            return word
        case syntax.LengthTest(word, value) | syntax.PfTest(word, value):
            return f"{word} {value}"
        case syntax.InterfaceIndex(value):
            return f"ifindex {value}"
        case syntax.Field(field, op, value):
            return f"{field} {op} {value}"
    raise AssertionError(tree)


TREES = [
    ("", ""), ("  ", ""), ("tcp", "tcp"), ("ether", "link"),
    # qualifiers
    ("host a", "host a"), ("src a", "src a"), ("ip src or dst net 10", "ip src or dst net 10"),
    ("dst or src host a", "src or dst host a"), ("dst and src port 1", "src and dst port 1"),
    ("src a or dst b", "(src a or dst b)"), ("address1 a:b:c:d:e:f", "addr1 a:b:c:d:e:f"),
    ("ip proto \\tcp", "ip proto \\tcp"), ("protochain 6", "protochain 6"),
    ("gateway a", "gateway a"), ("tcp portrange 1-2", "tcp portrange 1-2"),
    ("ether host 1:2:3:4:5:6", "link host 1:2:3:4:5:6"), ("host $fe", "host $fe"),
    # ids
    ("net 10.0/16", "net 10.0/16"), ("net 10.0.0.0 mask 255.0.0.0", "net 10.0.0.0 mask 255.0.0.0"),
    ("net fe80::/10", "net fe80::/10"), ("host ::1", "host ::1"), ("host 0xa", "host 10"),
    # id lists inherit, but only from an item with qualifiers
    ("host a or b", "(host a or host b)"), ("port 80 or 443 or 8080",
                                           "(port 80 or port 443 or port 8080)"),
    ("tcp port 1 or 2 and not 3", "((tcp port 1 or tcp port 2) and not tcp port 3)"),
    ("host a or (b and c)", "(host a or (host b and host c))"),
    ("port (80 or 443)", "(port 80 or port 443)"), ("port (80)", "port 80"),
    ("host not a", "not host a"), ("host a and (not b or c)",
                                   "(host a and (not host b or host c))"),
    ("host a or (port 1) or b", "(host a or port 1 or host b)"),
    ("host a and not port 1 or 2", "((host a and not port 1) or port 2)"),
    ("not host a or b", "(not host a or host b)"), ("port 80 or (81)", "(port 80 or port 81)"),
    ("port 80 or 81 > 3", "(port 80 or 81 > 3)"), ("port 80 or (81) > 3", "(port 80 or 81 > 3)"),
    ("host ((a))", "host a"),
    # and, or, not
    ("tcp or udp and ip", "((tcp or udp) and ip)"), ("tcp or (udp and ip)",
                                                     "(tcp or (udp and ip))"),
    ("tcp and udp && ip || arp", "((tcp and udp and ip) or arp)"), ("!!tcp", "not not tcp"),
    ("not tcp and udp", "(not tcp and udp)"), ("not (tcp and udp)", "not (tcp and udp)"),
    # arithmetic
    ("1+2*3=len", "(1+(2*3)) = len"), ("1*2+3=len", "((1*2)+3) = len"),
    ("(1+2)*3 == len", "((1+2)*3) = len"), ("1 - 2 -3<len", "((1-2)-3) < len"),
    ("1|2&3<<4+5*-6 >= length", "(1|(2&(3<<(4+(5*(-6)))))) >= len"),
    ("len % 4 + 1 = 2", "(len%(4+1)) = 2"), ("1*2%3+4=len", "(1*(2%(3+4))) = len"),
    ("len ^ 3 & 1 != 0", "(len^(3&1)) != 0"), ("-len^1=2", "(-(len^1)) = 2"),
    ("len % 6 * 2 + 1 = 2", "(len%((6*2)+1)) = 2"),
    ("tcp[tcpflags] & tcp-syn != 0", "(tcp[13:1]&2) != 0"),
    ("ip[ip[0]:2] = (((3)))", "ip[ip[0:1]:2] = 3"), ("((tcp[0] = 1))", "tcp[0:1] = 1"),
    ("not 1 = 2", "not 1 = 2"),
    # words
    ("broadcast", "broadcast"), ("ether multicast", "link multicast"), ("less 10", "less 10"),
    ("byte 3 | 0x5", "byte 3 | 5"), ("inbound", "inbound"), ("lsu", "lssu"),
    ("ifindex 3", "ifindex 3"), ("vlan", "vlan"), ("vlan 3 and vlan (4)", "(vlan 3 and vlan 4)"),
    ("mpls ((5)) or geneve 6", "(mpls 5 or geneve 6)"),
    ("pppoes 7 and vxlan", "(pppoes 7 and vxlan)"),
    ("llc", "llc"), ("llc rnr", "llc rnr"), ("llc XID", "llc xid"), ("llc and tcp",
                                                                     "(llc and tcp)"),
    ("wlan type mgt", "wlan 0x0/0xc"), ("type Data subtype qos", "wlan 0xc8/0xfc"),
    ("subtype ack", "wlan 0xd4/0xfc"), ("type 4 subtype 0xd0", "wlan 0xd4/0xfc"),
    ("wlan direction fromds", "wlan dir 2"), ("dir 3", "wlan dir 3"),
    ("on eth0", "ifname eth0"), ("ruleset \\ip", "ruleset ip"), ("subrulenum 2", "srnr 2"),
    ("reason synproxy", "reason 14"), ("reason 9", "reason 9"), ("action accept", "action 0"),
    ("vpi 1", "vpi = 1"), ("vci >= 2", "vci >= 2"), ("vpi (1 or 2)", "(vpi = 1 or vpi = 2)"),
    ("hopc != 1", "hopc != 1"), ("sio (3)", "sio = 3"), ("metac or fisu", "(metac or fisu)"),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_tree(text: str, tree: str) -> None:
    assert text_of(parse(text)) == tree


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_the_tree_written_out_means_the_same(text: str, tree: str) -> None:
    if not tree.startswith(("wlan 0x", "ruleset", "action", "((1-2)")):  # 1-2 is a name
        assert text_of(parse(tree)) == tree


ERRORS = [
    ("hots 1.2.3.4", 0, 4, "expected a test", "host"),
    ("host 1.2.3.4 nad port 80", 13, 3, "expected 'and', 'or' or the end, found 'nad'", "and"),
    ("port 80 or", 10, 0, "found the end", None), ("a", 0, 1, "expected a test", None),
    ("(tcp", 0, 1, "never closed", None), ("ip[0", 2, 1, "never closed", None),
    ("tcp)", 3, 1, "expected 'and', 'or' or the end", None), ("()", 1, 1, "expected a test", None),
    ("len", 3, 0, "comparison", None), ("(1+2) and tcp", 6, 3, "comparison", None),
    ("tcp and 80", 10, 0, "comparison", None), ("1 = 2 = 3", 6, 1, "expected 'and', 'or'", None),
    ("host (a or tcp)", 11, 3, "expected an address", "\\tcp"),
    ("ip proto udp", 9, 3, "after 'ip proto'", "\\udp"), ("host", 4, 0, "after 'host'", None),
    ("ip[tcp]=1", 3, 3, "expected a number", None), ("1 + (tcp) = 3", 4, 5, "found a test", None),
    ("1 + not 2", 4, 3, "expected a number", None), ("ip[0:x]", 5, 1, "after ':'", None),
    ("ip[0:1&1]", 6, 1, "expected ']'", None), ("ip[0)", 4, 1, "operator, ':' or ']'", None),
    ("net 10/8", 6, 1, "expected 'and', 'or'", None), ("less tcp", 5, 3, "a number after", None),
    ("net 10.0 mask 255", 14, 3, "a mask such as", None),
    ("src or src a", 7, 3, "'dst' after", None),
    ("byte 1 ^ 2", 7, 1, "expected '&'", None), ("vlan (3", 7, 0, "expected ')'", None),
    ("vlan any", 5, 3, "expected 'and', 'or'", "and"),
    ("dst proto 1", 4, 5, "after 'dst'", "\\proto"),
    ("wlan type dta", 10, 3, 'unknown 802.11 type name "dta"', "data"),
    ("type 12 subtype ack", 0, 19, "unknown 802.11 type", None), ("type 1", 5, 1, "0x01", None),
    ("subtype 1", 8, 1, "the name of an 802.11 subtype", None),
    ("subtype beakon", 8, 6, "unknown 802.11 subtype name", "beacon"),
    ("dir abc", 4, 3, "unknown 802.11 direction", None),
    ("llc xyz", 4, 3, "unknown LLC type", None),
    ("reason mach", 7, 4, 'unknown PF reason "mach"', "match"), ("action 1", 7, 1, "a name", None),
    ("on 1", 3, 1, "a name after 'ifname'", None), ("vpi (1 and 2)", 7, 3, "'or' or ')'", None),
    ("port 1.2.3.4", 5, 7, "'port' qualifier applied to IPv4 address", None),
    ("proto 1.2.0.0/16", 6, 10, "applied to IPv4 address and prefix length", None),
    ("portrange 1.0.0.0 mask 2.0.0.0", 10, 20, "applied to IPv4 address and netmask", None),
    ("protochain ::1/3", 11, 5, "applied to IPv6 address and prefix length", None),
    ("host 0x1.2", 5, 5, "invalid IPv4 address", None),
]


@pytest.mark.parametrize(("text", "column", "length", "message", "suggestion"), ERRORS)
def test_error(text: str, column: int, length: int, message: str, suggestion: str | None) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    error = caught.value
    assert message in str(error)
    assert (error.column, error.length, error.suggestion) == (column, length, suggestion)
    assert error.expression == text
    assert "\n" not in str(error)


def test_span_of_every_node_is_its_text() -> None:
    text = "  src host a or b and not (tcp[0:2] & 0xf = len - 3) || vlan (7)"
    tree = parse(text)
    assert tree is not None
    shown = [text[slice(*node.span)] for node in syntax.postorder(tree)]
    assert shown == ["src host a", "b", "src host a or b", "tcp[0:2] & 0xf = len - 3",
                     "not (tcp[0:2] & 0xf = len - 3", "src host a or b and not (tcp[0:2] & 0xf ="
                     " len - 3", "vlan (7)", text[2:]]


DEEP = [
    ("(" * 10_000 + "tcp" + ")" * 10_000, "tcp"),
    ("not " * 10_000 + "tcp", None),
    ("ip[" * 10_000 + "0" + "]" * 10_000 + " = 1", None),
    ("(" * 10_000 + "len" + ")" * 10_000 + " = 1", "len = 1"),
    ("port " + "(" * 10_000 + "80" + ")" * 10_000, "port 80"),
    ("1 + " * 10_000 + "1 = len", None),
    ("- " * 10_000 + "1 = len", None),
    (" and ".join(["tcp or udp"] * 10_000), None),
]


@pytest.mark.parametrize(("text", "tree"), DEEP)
def test_depth_is_no_limit(text: str, tree: str | None) -> None:
    parsed = parse(text)
    assert parsed is not None
    if tree is not None:
        assert text_of(parsed) == tree
    assert syntax.postorder(parsed)[-1] is parsed


@pytest.mark.parametrize("text", ["(" * 10_000, ")" * 10_000, "ip[" * 10_000, "not " * 10_000,
                                  "-" * 10_000, "vlan " + "(" * 10_000, "host " + "(" * 10_000])
def test_deep_and_wrong_is_an_error(text: str) -> None:
    with pytest.raises(FilterError):
        parse(text)


def test_ten_thousand_alternatives_are_one_node() -> None:
    tree = parse("host " + " or ".join(f"10.0.{n >> 8}.{n & 255}" for n in range(10_000)))
    assert isinstance(tree, syntax.Or)
    assert len(tree.terms) == 10_000


WORDS = st.sampled_from([*KEYWORDS, *CONSTANTS, *"()[]:+-*/%&|^<>=!", "1.2.3.4", "a:b:c:d:e:f",
                         "80", "::1", "name", "\\tcp", "$7", "/24", "mask 255.0.0.0"])


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=20).map(" ".join))
def test_words_in_any_order_are_a_tree_or_an_error(text: str) -> None:
    try:
        tree = parse(text)
    except FilterError as error:
        assert 0 <= error.column <= len(text)
        assert error.caret().count("\n") == 1
        return
    assert text_of(parse(text)) == text_of(tree)


def test_nodes_are_immutable_records() -> None:
    word = syntax.Word("inbound", (0, 7))
    assert word == syntax.Word("inbound", (0, 7)) != syntax.Word("inbound", (1, 8))
    assert hash(word) == hash(syntax.Word("inbound", (0, 7)))
    assert word.replace(word="outbound").word == "outbound"
    assert repr(word) == "Word(word='inbound', span=(0, 7))"
    with pytest.raises(AttributeError):
        word.word = "outbound"  # type: ignore[misc]
    with pytest.raises(ValueError, match="shorter"):
        syntax.Word("inbound")  # type: ignore[call-arg]
