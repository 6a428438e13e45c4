"""Lowering: what code a filter gets before it is optimised, on which link type, from which word."""

from __future__ import annotations

import re
from typing import Any

import pytest
from filter_programs import accepted, run
from hypothesis import given, settings
from hypothesis import strategies as st

from fyke.bpf.instructions import JA, JMP, RET
from fyke.errors import FilterError
from fyke.filter.assemble import assemble
from fyke.filter.lower import lower
from fyke.filter.options import Options
from fyke.filter.parser import parse
from fyke.filter.resolver import Resolver
from fyke.linktypes import LINK_TYPES, by_name

NAMES = Resolver(hosts="10.0.0.1 one\nfe80::1 six\n10.0.0.2 both\nfe80::2 both\n",
                 services="domain 53/tcp\ndomain 53/udp\nsyslog 514/udp\nsmtp 25/tcp\n",
                 protocols="tcp 6\n", networks="ten 10\n", ethers="2:0:0:0:0:1 one\n")


def program(expression: str, link_type: str = "EN10MB", **options: Any) -> list[list[int]]:
    graph = lower(parse(expression),
                  Options(by_name(link_type).number, 1000, resolver=NAMES, **options))
    return [list(instruction) for instruction in assemble(graph)[0]]


def verdict(expression: str, packet: str, link_type: str = "EN10MB", **options: Any) -> bool:
    return run(program(expression, link_type, **options), bytes.fromhex(packet))[0] != 0


# --- whole programs -------------------------------------------------------------------------------

YES, NO = [6, 0, 0, 1000], [6, 0, 0, 0]

PROGRAMS = [
    ("EN10MB", "ip", [[40, 0, 0, 12], [21, 0, 1, 0x800], YES, NO]),
    ("EN10MB", "not ip", [[40, 0, 0, 12], [21, 0, 1, 0x800], NO, YES]),
    ("EN10MB", "len > 100", [
        [128, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 100], [2, 0, 0, 1], [97, 0, 0, 1], [96, 0, 0, 0],
        [45, 0, 1, 0], YES, NO]),
    ("EN10MB", "dst host 10.0.0.1", [
        [40, 0, 0, 12], [21, 0, 2, 0x800], [32, 0, 0, 30], [21, 8, 0, 0xA000001],
        [40, 0, 0, 12], [21, 0, 2, 0x806], [32, 0, 0, 38], [21, 4, 0, 0xA000001],
        [40, 0, 0, 12], [21, 0, 3, 0x8035], [32, 0, 0, 38], [21, 0, 1, 0xA000001], YES, NO]),
    ("EN10MB", "ip net 0.0.0.0/0", [[40, 0, 0, 12], [21, 0, 1, 0x800], YES, NO]),
    ("EN10MB", "vlan 7 and ip", [
        [40, 0, 0, 12], [21, 4, 0, 0x8100], [40, 0, 0, 12], [21, 2, 0, 0x88A8], [40, 0, 0, 12],
        [21, 0, 6, 0x9100], [40, 0, 0, 14], [84, 0, 0, 0xFFF], [21, 0, 3, 7],
        [40, 0, 0, 16], [21, 0, 1, 0x800], YES, NO]),
    ("EN10MB", "pppoes and ip", [
        [40, 0, 0, 12], [21, 0, 3, 0x8864], [40, 0, 0, 20], [21, 0, 1, 0x21], YES, NO]),
    ("RAW", "ip6", [[48, 0, 0, 0], [84, 0, 0, 0xF0], [21, 0, 1, 0x60], YES, NO]),
    ("RAW", "arp", [[0, 0, 0, 1], [21, 0, 1, 0], YES, NO]),
    ("IPV4", "ip6 or udp", [[48, 0, 0, 9], [21, 0, 1, 17], YES, NO]),
    ("LOOP", "ip6", [[32, 0, 0, 0], [21, 0, 1, 10], YES, NO]),
    ("LINUX_SLL", "outbound", [[40, 0, 0, 0], [21, 0, 1, 4], YES, NO]),
    ("LINUX_SLL2", "ifindex 3", [[32, 0, 0, 4], [21, 0, 1, 3], YES, NO]),
    ("PPP", "ip", [[40, 0, 0, 2], [21, 0, 1, 0x21], YES, NO]),
    ("FDDI", "multicast", [[48, 0, 0, 1], [69, 0, 1, 1], YES, NO]),
    ("ARCNET", "broadcast", [[48, 0, 0, 1], [21, 0, 1, 0], YES, NO]),
    ("SUNATM", "vci 5", [[40, 0, 0, 2], [21, 0, 1, 5], YES, NO]),
    ("MTP2", "opc 1", [[32, 0, 0, 4], [84, 0, 0, 0x00C0FF0F], [21, 0, 1, 0x00400000], YES, NO]),
    ("PFLOG", "rnr 5", [[32, 0, 0, 36], [21, 0, 1, 5], YES, NO]),
    ("IEEE802_11", "type mgt", [[48, 0, 0, 0], [84, 0, 0, 12], [21, 0, 1, 0], YES, NO]),
]


@pytest.mark.parametrize(("link_type", "expression", "expected"), PROGRAMS)
def test_program(link_type: str, expression: str, expected: list[list[int]]) -> None:
    assert program(expression, link_type) == expected


def test_nothing_asked_is_everything_wanted() -> None:
    assert assemble(lower(None, Options(snaplen=77)))[0] == ((6, 0, 0, 77),)


@pytest.mark.skipif(not accepted(), reason="libpcap's cases (FYKE_PEERS) are not at hand")
def test_libpcap_makes_the_same_programs() -> None:
    differing = []
    for case in accepted():
        if "skip" in case or "needs" in case:
            continue
        netmask = case["netmask"] and int.from_bytes(map(int, case["netmask"].split(".")))
        options = Options(by_name(case["DLT"]).number, case["snaplen"], netmask, case["linuxext"],
                          case.get("generate_offline_filter"))
        for expression in case["aliases"]:
            made = assemble(lower(parse(expression), options))[0]
            if [list(instruction) for instruction in made] != case["unopt"]:
                differing.append((case["name"], expression))
    assert not differing


# --- names and options ----------------------------------------------------------------------------

def test_names_are_what_they_stand_for() -> None:
    assert program("host one") == program("host 10.0.0.1")
    assert program("ip6 host both") == program("ip6 host fe80::2")
    assert program("host both", "RAW") == program("ip host 10.0.0.2 or ip6 host fe80::2", "RAW")
    assert program("net ten") == program("net 10.0.0.0")  # all four octets, as glibc has it
    assert program("ether src one") == program("ether src 2:0:0:0:0:1")
    assert program("port domain") == program("port 53")
    assert program("port syslog") == program("udp port 514")
    assert program("tcp portrange smtp-domain") == program("tcp portrange 25-53")
    assert program("ip proto \\tcp") == program("ip proto 6")


def test_netmask_says_what_broadcast_is() -> None:
    code = program("ip broadcast", netmask=0xFFFFFF00)
    assert [84, 0, 0, 0xFF] in code
    with pytest.raises(FilterError, match="netmask not known"):
        program("ip broadcast")


@pytest.mark.parametrize(("savefile", "values"), [
    (None, [0x0A000000]),
    ("unswapped", [30, 24, 28, 0x1E000000, 0x18000000, 0x1C000000]),
    ("swapped", [0x1E000000, 0x18000000, 0x1C000000, 30, 24, 28]),
])
def test_file_may_come_from_any_system(savefile: str | None, values: list[int]) -> None:
    code = program("ip6", "NULL", savefile=savefile)
    assert [k for operation, _, _, k in code if operation == 21] == values


# --- packets --------------------------------------------------------------------------------------

ETHERNET = "020000000001 020000000002 "
IPV4 = "4500 0000 0000 0000 4006 0000 0a000001 0a000002 "
TCP = "0050 1234 00000000 00000000 5002 0000 0000 0000"
TAGGED = ETHERNET + "8100 000a 0800" + IPV4 + TCP


@pytest.mark.parametrize(("expression", "link_type", "packet", "wanted"), [
    ("tcp port 80", "EN10MB", ETHERNET + "0800" + IPV4 + TCP, True),
    ("tcp dst port 80", "EN10MB", ETHERNET + "0800" + IPV4 + TCP[:5], False),  # cut
    ("tcp src port 80", "EN10MB", ETHERNET + "0800" + IPV4 + TCP[:5], True),
    ("tcp port 80", "EN10MB", ETHERNET + "0800" + IPV4.replace(" 0000 4006", " 0001 4006") + TCP,
     False),  # a later fragment has no ports
    ("tcp[tcpflags] & tcp-syn != 0", "EN10MB", ETHERNET + "0800" + IPV4 + TCP, True),
    ("udp or not udp", "EN10MB", ETHERNET, False),  # too short to say
    ("vlan and tcp", "EN10MB", TAGGED, True),
    ("vlan 11", "EN10MB", TAGGED, False),
    ("tcp or vlan", "EN10MB", TAGGED, True),
    ("vlan or tcp", "EN10MB", ETHERNET + "0800" + IPV4 + TCP, False),  # then tcp is in a VLAN
    ("mpls and ip", "EN10MB", ETHERNET + "8847 00001140" + IPV4, True),
    ("mpls and ip", "EN10MB", ETHERNET + "8847 00001040" + IPV4, False),  # not the last label
    ("pppoes 1 and tcp", "EN10MB", ETHERNET + "8864 1100 0001 0000 0021" + IPV4 + TCP, True),
    ("ip protochain 6", "RAW", IPV4.replace("4006", "4033") + "0604 0000" + "00" * 20, True),
    ("ip protochain 17", "RAW", IPV4.replace("4006", "4033") + "0604 0000" + "00" * 20, False),
    ("vxlan 5 and src host 10.9.9.9", "EN10MB", ETHERNET + "0800" + IPV4.replace("4006", "4011")
     + "0000 12b5 0000 0000 08000000 00000500" + ETHERNET + "0800"
     + IPV4.replace("0a000001", "0a090909"), True),
    ("geneve and ip", "EN10MB", ETHERNET + "0800" + IPV4.replace("4006", "4011")
     + "0000 17c1 0000 0000 0100 6558 00000500 00000000" + ETHERNET + "0800", True),
    ("geneve and ip", "EN10MB", ETHERNET + "0800" + IPV4.replace("4006", "4011")
     + "0000 17c1 0000 0000 0100 0800 00000500 00000000" + IPV4, True),
    ("geneve and ether dst 2:0:0:0:0:1", "EN10MB", ETHERNET + "0800"
     + IPV4.replace("4006", "4011")
     + "0000 17c1 0000 0000 0100 0800 00000500 00000000" + IPV4, False),  # no MAC header inside
    ("ip", "IEEE802_11", "0801" + "00" * 22 + "aaaa03000000 0800", True),
    ("ip", "IEEE802_11", "8801" + "00" * 24 + "aaaa03000000 0800", True),  # quality of service
    ("ip", "IEEE802_11_RADIO", "0000 0900 00000000 00" + "0801" + "00" * 22 + "aaaa03000000 0800",
     True),
    ("ip", "PPI", "0000 0800 69000000" + "0801" + "00" * 22 + "aaaa03000000 0800", True),
    ("ip", "PPI", "0000 0800 01000000" + "0801" + "00" * 22 + "aaaa03000000 0800", False),
    ("ip", "PRISM_HEADER", "00000044" + "00" * 140 + "0801" + "00" * 22 + "aaaa03000000 0800",
     True),
    ("src host 10.0.0.1", "PFLOG", "3d02" + "00" * 62 + IPV4, True),  # 61 is padded to 64
    ("wlan ta 2:0:0:0:0:2", "IEEE802_11", "d4000000" + ETHERNET, False),  # an ACK has none
    ("wlan ta 2:0:0:0:0:2", "IEEE802_11", "08000000" + ETHERNET, True),
])
def test_packet(expression: str, link_type: str, packet: str, wanted: bool) -> None:
    assert verdict(expression, packet, link_type) is wanted


@pytest.mark.parametrize("first", ["link[0] = 8", "ip[0] >= 0", "len > 0"])
def test_offsets_outlive_arithmetic(first: str) -> None:
    """Nothing that is computed on the way may take the place of an offset reckoned before."""
    packet = "0801" + "00" * 22 + "aaaa03000000 0800" + IPV4
    assert verdict(f"{first} and src host 10.0.0.1", packet, "IEEE802_11")


def test_offsets_that_nobody_uses_are_not_reckoned() -> None:
    """The link-layer header's is used here, the payload's would be behind this packet's end."""
    assert verdict("link[0] = 8 and ether src 2:0:0:0:0:2", "0000 0900 00000000 00" + "08010000"
                   + "020000000001 020000000003 020000000002", "IEEE802_11_RADIO") is False
    assert verdict("1 = 1 or ether src 2:0:0:0:0:2", "0000 0900 00000000", "IEEE802_11_RADIO")


def test_tag_that_the_kernel_took_out() -> None:
    """With 10 in metadata (see filter_programs), what follows is where it is without a tag."""
    untagged = ETHERNET + "0800" + IPV4 + TCP
    assert verdict("vlan 10 and tcp", untagged, linux_extensions=True)
    assert verdict("ip[0] = 0x45 and vlan 10 and ip[0] = 0x45", untagged, linux_extensions=True)
    assert not verdict("vlan 11", untagged, linux_extensions=True)


# --- where it comes from --------------------------------------------------------------------------

def words(expression: str, **options: Any) -> set[str | None]:
    spans = assemble(lower(parse(expression), Options(**options)))[1]
    return {span and expression[span[0]:span[1]] for span in spans}


def test_instructions_know_their_words() -> None:
    assert words("tcp port 80 or vlan 5") == {"tcp port 80", "vlan 5", None}
    assert words("ip[1 + 2] = 3") == {"ip[1 + 2]", "1 + 2", "1", "2", "3", "ip[1 + 2] = 3", None}
    assert words("ip", link_type=105) == {"ip", None}  # the prologue is nobody's


@pytest.mark.parametrize(("expression", "link_type", "word", "message"), [
    ("ip and vlan", "RAW", "vlan", "'vlan' not supported on DLT_RAW"),
    ("tcp or gateway 1.2.3.4", "EN10MB", "gateway 1.2.3.4", "'gateway' is not a valid qualifier"),
    ("len < 1 / 0", "EN10MB", "1 / 0", "division by zero"),
    ("1 % 0 = 1", "EN10MB", "1 % 0", "modulus by zero"),
    ("1 << 32 = 1", "EN10MB", "1 << 32", "shift by more than 31 bits"),
    ("ip[0:3] = 1", "EN10MB", "ip[0:3]", "data size must be 1, 2, or 4"),
    ("esp[0] = 1", "EN10MB", "esp[0]", "'esp' does not support the index operation"),
    ("net 10.0.0.1/8", "EN10MB", "10.0.0.1/8", "non-network bits set"),
    ("host nowhere", "EN10MB", "nowhere", "unknown host 'nowhere'"),
    ("port 70000", "EN10MB", "70000", "port number 70000 greater than maximum 65535"),
    ("inbound", "EN10MB", "inbound", "not a live capture"),
    ("mpls and arp", "EN10MB", "arp", "unsupported protocol over mpls"),
    ("ra 1.2.3.4", "EN10MB", "ra 1.2.3.4", "'ra' is valid for 802.11 syntax only"),
    ("protochain 6", "IEEE802_11", "protochain 6", "variable length headers"),
    ("udp port smtp", "EN10MB", "udp port smtp", "port 'smtp' is tcp"),
    ("wlan host one", "RAW", "wlan host one", "'link host NAME' not supported on DLT_RAW"),
])
def test_refusal(expression: str, link_type: str, word: str, message: str) -> None:
    with pytest.raises(FilterError, match=re.escape(message)) as raised:
        program(expression, link_type)
    error = raised.value
    assert expression[error.column:error.column + error.length] == word


@pytest.mark.parametrize(("expression", "suggestion"), [
    ("ether proto arpp", "arp"), ("iso proto clnpp", "clnp"), ("proto ipcmp6", "icmp6"),
    ("brodcast", "broadcast"), ("host nowhere-at-all.example", None),
])
def test_a_word_that_may_have_been_meant(expression: str, suggestion: str | None) -> None:
    with pytest.raises(FilterError) as raised:
        program(expression)
    assert raised.value.suggestion == suggestion


def test_too_many_values_at_once() -> None:
    deep = "len" + "-(len" * 20 + ")" * 20 + " = 0"
    with pytest.raises(FilterError, match="too many registers"):
        program(deep)


# --- size and safety ------------------------------------------------------------------------------

@pytest.mark.parametrize("expression", [
    " or ".join(f"host 10.0.{i // 250}.{i % 250}" for i in range(1000)),
    "(" * 10000 + "ip" + ")" * 10000,
    "not " * 10000 + "ip",
    " and (".join(["ip"] * 5000) + ")" * 4999,
    "len > " + "+".join(["1"] * 5000),
    "tcp or udp and " * 1000 + "tcp",
], ids=lambda text: text[:12])
def test_nothing_is_too_deep(expression: str) -> None:
    made = assemble(lower(parse(expression), Options()))[0]
    assert made[-1].code & 7 == RET


TESTS = """ip|tcp|arp|iso|isis|l1|stp|ipx|atalk|aarp|icmp6|host 10.0.0.1|net fe80::/10|port 53
portrange 1-9|sctp dst port 7|host both|gateway one|broadcast|multicast|ip multicast|llc|llc rr
vlan|vlan 5|mpls|mpls 9|pppoes|pppoes 7|pppoed|geneve|geneve 3|vxlan|lane|vpi 3|oam|connectmsg
fisu|hmsu|opc > 5|hsls 3|type mgt|subtype ack|dir tods|ether host 2:0:0:0:0:1|wlan addr4 2:0:0:0:0:1
link host $12|decnet host 1.2|less 9|byte 3 & 7|inbound|ifindex 3|rnr 5|ifname en0|action drop
link proto 6|link proto 0x1234|ip proto 47|ip6 protochain 6|tcp[0] = 1|link[3:4] > 7|ip6[6] != 6
icmp6[0] & 3 = 1|radio[3] = 1|len - ip[2:2] >= -ip[ip[0] & 0xf]|decnet[0] << 1 = 2""".replace(
    "\n", "|").split("|")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(LINK_TYPES), st.lists(st.tuples(
    st.sampled_from([" and ", " or "]), st.sampled_from(["", "not "]), st.sampled_from(TESTS)),
    min_size=1, max_size=5), st.booleans(), st.sampled_from([None, "unswapped", "swapped"]))
def test_any_expression_is_refused_or_sound(link_type: Any, terms: Any, live: bool,
                                            savefile: str | None) -> None:
    expression = "".join(joint + sign + test for joint, sign, test in terms)
    expression = expression.removeprefix(" and ").removeprefix(" or ")
    options = Options(link_type.number, linux_extensions=live, savefile=savefile, resolver=NAMES)
    try:
        made, spans = assemble(lower(parse(expression), options))
    except FilterError as error:
        assert 0 <= error.column < len(expression)
        return
    assert len(made) == len(spans)
    assert all(span is None or 0 <= span[0] < span[1] <= len(expression) for span in spans)
    loops = "protochain" in expression
    for place, (code, jt, jf, k) in enumerate(made):
        assert 0 <= k <= 0xFFFFFFFF
        if code == JMP | JA:
            assert loops or place + 1 + k < len(made)
        elif code & 7 == JMP:
            assert place + 1 + max(jt, jf) < len(made)
    assert made[-1].code & 7 == RET
