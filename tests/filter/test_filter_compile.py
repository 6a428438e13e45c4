"""The compiler as a whole: its circumstances, its errors, hostile input, and libpcap's meaning."""

from __future__ import annotations

import pytest
from filter_expressions import EXPRESSIONS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libpcap_library import Libpcap

from fyke.bpf.listing import tcpdump
from fyke.bpf.program import Program
from fyke.bpf.proof import Same, differ
from fyke.errors import FilterError, FykeError, UsageError
from fyke.filter.compile import compile
from fyke.filter.resolver import Resolver
from fyke.filter.words import CONSTANTS, KEYWORDS
from fyke.linktypes import by_name

HOST = """\
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 6
(002) ld       [26]
(003) jeq      #0x1020304       jt 12	jf 4
(004) ld       [30]
(005) jeq      #0x1020304       jt 12	jf 13
(006) jeq      #0x806           jt 8	jf 7
(007) jeq      #0x8035          jt 8	jf 13
(008) ld       [28]
(009) jeq      #0x1020304       jt 12	jf 10
(010) ld       [38]
(011) jeq      #0x1020304       jt 12	jf 13
(012) ret      #262144
(013) ret      #0"""


def test_listing() -> None:
    assert tcpdump(compile("host 1.2.3.4")).strip() == HOST


def test_program_knows_where_it_comes_from() -> None:
    program = compile("arp or tcp port 80", snaplen=96)
    assert program.expression == "arp or tcp port 80"
    assert program.link_type == 1
    assert program.snaplen == 96
    words = {program.expression[slice(*span)] for span in program.spans if span}
    assert {"arp", "tcp port 80"} <= words
    assert len(program.spans) == len(program)


@pytest.mark.parametrize("link_type", ["RAW", "raw", "DLT_RAW", 101, by_name("RAW")])
def test_link_type_by_name_number_or_itself(link_type) -> None:  # type: ignore[no-untyped-def]
    assert compile("ip", link_type=link_type).instructions == compile(
        "ip", link_type="RAW").instructions


def test_empty_expression_takes_all() -> None:
    for text in ("", " \t\n"):
        assert compile(text, snaplen=77).run(b"") == 77


def test_netmask() -> None:
    for netmask in ("255.255.255.0", 0xFFFFFF00):
        assert len(compile("ip broadcast", netmask=netmask)) > 4
    with pytest.raises(FilterError, match="netmask not known"):
        compile("ip broadcast")


def test_resolver_is_asked() -> None:
    names = Resolver(hosts="1.2.3.4 box", services="web 8080/tcp", protocols="magic 200",
                     networks="home 10.1", ethers="1:2:3:4:5:6 card")
    for named, plain in [("host box", "host 1.2.3.4"), ("tcp port web", "tcp port 8080"),
                         ("ip proto magic", "ip proto 200"), ("net home", "net 10.1.0.0/32"),
                         ("ether host card", "ether host 1:2:3:4:5:6")]:
        assert compile(named, resolver=names).instructions == compile(plain).instructions
    with pytest.raises(FilterError, match="unknown host 'nobody'") as caught:
        compile("tcp and host nobody", resolver=names)
    assert caught.value.expression == "tcp and host nobody"
    assert "nobody" in caught.value.expression[caught.value.column:]


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"savefile": "both"}, UsageError, "savefile"), ({"snaplen": 0}, UsageError, "snap length"),
    ({"netmask": "255.255"}, UsageError, "255.255.255.0"),
    ({"link_type": "EN10"}, FykeError, "did you mean 'EN10MB'"),
])
def test_wrong_circumstances(arguments: dict, error: type, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(error, match=message):
        compile("ip", **arguments)


@pytest.mark.parametrize("text", ["ip and not ip", "ip and ip6", "tcp and udp", "1 = 2"])
def test_contradictions(text: str) -> None:
    with pytest.raises(FilterError, match="expression rejects all packets"):
        compile(text)
    assert compile(text, optimize=False).run(bytes(100)) == 0


def test_an_error_never_speaks_to_the_terminal() -> None:
    with pytest.raises(FilterError, match=r"unknown host '\\x1b\[2J'") as caught:
        compile("host \\\x1b[2J", resolver=Resolver())
    assert str(caught.value).isprintable()
    assert all(line.isprintable() for line in caught.value.caret().split("\n"))


# --- hostile -------------------------------------------------------------------------------------

WORDS = st.sampled_from([*KEYWORDS, *CONSTANTS, *"()[]:+-*/%&|^<>=!", "1.2.3.4", "a:b:c:d:e:f",
                         "::1", "name", "\\tcp", "$7", "0/0", "1.0.0.0 mask 255.0.0.0", "\x00", "é",
                         "0", "80", "4294967295", "99999999999"])
NAMES = Resolver(hosts="1.2.3.4 name", services="name 7/tcp")


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60),
       st.sampled_from(["EN10MB", "RAW", "IEEE802_11_RADIO", "SUNATM", "MTP2", "PFLOG", "PPI"]))
def test_any_text_is_a_program_or_an_error_with_a_column(text: str, link_type: str) -> None:
    try:
        program = compile(text, link_type=link_type, resolver=NAMES)
    except FilterError as error:
        assert 0 <= error.column <= len(text)
        assert error.expression == text
        assert "\n" not in str(error)
        return
    program.machine()


@pytest.mark.parametrize("text", [
    "(" * 10_000 + "tcp" + ")" * 10_000,
    "not " * 10_000 + "tcp",
    "len" + " + 1" * 5_000 + " = 5001",
    " or ".join(["tcp and udp or ip"] * 1_000),
    "ip[" * 2_000 + "0" + "]" * 2_000 + " = 1",
    "-" * 3_000 + " len = 1",
    "tcp or (" * 2_000 + "udp" + ")" * 2_000,
    "vlan and " * 3_000 + "ip",
])
def test_deep_expressions_are_compiled_or_refused(text: str) -> None:
    try:
        compile(text, optimize=False)
    except FilterError as error:
        assert 0 <= error.column <= len(text)


@pytest.mark.parametrize("text", [" or ".join(["tcp and udp or ip"] * 500),
                                  "tcp or (" * 500 + "udp" + ")" * 500,
                                  "not (" * 500 + "udp and ip[8] = 1" + ")" * 500,
                                  " and ".join(f"not ip[8] = {n}" for n in range(256))])
def test_large_expressions_are_optimised_within_reason(text: str) -> None:
    """Work that grows with the square of the nesting would take minutes here."""
    try:
        assert len(compile(text)) < 600
    except FilterError as error:
        assert "rejects all packets" in str(error)


def test_many_tests_that_move_are_no_reason_to_refuse() -> None:
    """Each of these terms has tests that are moved together; libpcap takes them, too."""
    terms = (f"(host 10.{n % 7}.{n % 11}.{n % 251} and host 10.9.{n // 256}.{n % 256} and tcp port "
             f"{n * 97 % 65535 + 1} and port {n * 193 % 65535 + 1})" for n in range(300))
    assert len(compile(" or ".join(terms))) < 6_000


# --- libpcap's meaning ---------------------------------------------------------------------------

@pytest.mark.parametrize("link_type", EXPRESSIONS)
def test_means_what_libpcap_means(link_type: str) -> None:
    """Without the optimisers, for every packet: proven where there is z3, else sampled."""
    libpcap = Libpcap()

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(EXPRESSIONS[link_type])
    def check(expression: str) -> None:
        theirs = libpcap.compile(expression, link_type, optimize=False)
        try:
            ours = compile(expression, link_type=link_type, optimize=False)
        except FilterError as error:
            assert isinstance(theirs, str), error
            return
        assert not isinstance(theirs, str), theirs
        try:
            assert isinstance(differ(ours, Program(theirs), timeout=60.0), Same)
        except FykeError:  # no z3
            pass

    check()


def test_an_ipv6_address_counts_as_two_tests() -> None:
    """It takes twice the time: 10,000 of them took 17 seconds."""
    many = " or ".join(f"host 2001:db8::{number:x}" for number in range(1, 5_002))
    with pytest.raises(FilterError, match="10002 tests"):
        compile(many)
