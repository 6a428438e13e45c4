"""The lexer: which token each spelling is, where it stands, and what is none."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyke.errors import FilterError
from fyke.filter.lexer import address6, tokenize


def tokens(text: str) -> list[tuple[str, object]]:
    return [(token.kind, token.value) for token in tokenize(text)[:-1]]


MAC = bytes([0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F])

ONE_TOKEN = [
    ("host", "kind", "host"), ("ether", "protocol", "link"), ("wlan", "protocol", "link"),
    ("es-is", "protocol", "esis"), ("length", "len", "len"), ("lsu", "word", "lssu"),
    ("address3", "direction", "addr3"), ("on", "pf text", "ifname"),
    ("&&", "and", "&&"), ("||", "or", "||"), ("!", "not", "!"), ("==", "=", "=="),
    ("0", "number", 0), ("10", "number", 10), ("0x1F", "number", 31), ("0X1f", "number", 31),
    ("017", "number", 15), ("4294967295", "number", 0xFFFFFFFF), ("0037777777777", "number",
                                                                  0xFFFFFFFF),
    ("tcp-syn", "number", 2), ("icmp6-multicastrouterterm", "number", 153),
    ("tcp-sy", "name", "tcp-sy"), ("HOST", "name", "HOST"), ("25-53", "name", "25-53"),
    ("0e", "name", "0e"), ("1.2.3.4.5", "name", "1.2.3.4.5"), ("a_b.c-d.", "name", "a_b.c-d."),
    ("1.2", "dotted", "1.2"), ("1.2.3", "dotted", "1.2.3"), ("1.2.3.4", "dotted", "1.2.3.4"),
    ("0x1.2", "dotted", "0x1.2"),
    ("a:b:c:d:e:f", "mac", MAC), ("0a-0b-0c-0d-0e-0f", "mac", MAC),
    ("a.b.c.d.e.f", "mac", MAC), ("0a0b.0c0d.0e0f", "mac", MAC), ("0A0B0C0D0E0F", "mac", MAC),
    ("123456789012", "mac", bytes.fromhex("123456789012")),
    ("::", "address6", "::"), ("fe80::1", "address6", "fe80::1"),
    ("1:2:3:4:5:6:7:8", "address6", "1:2:3:4:5:6:7:8"),
    ("1:2:3:4:5:6:7::", "address6", "1:2:3:4:5:6:7::"),
    ("::1.2.3.4", "address6", "::1.2.3.4"), ("1:2:3:4:5:6:1.2.3.4", "address6",
                                             "1:2:3:4:5:6:1.2.3.4"),
    ("$f", "arcnet", 15), ("$fe", "arcnet", 254),
    ("\\tcp", "escaped", "tcp"), ("\\a.b:c/d", "escaped", "a.b:c/d"), ("\\é", "escaped", "é"),
]


@pytest.mark.parametrize(("text", "kind", "value"), ONE_TOKEN)
def test_one_token(text: str, kind: str, value: object) -> None:
    assert tokens(text) == [(kind, value)]
    assert tokens(f" {text}\t") == [(kind, value)]


SEVERAL = [
    ("tcp[12:1]", ["protocol", "[", "number", ":", "number", "]"]),
    ("ip[0xf:2]&1!=0", ["protocol", "[", "number", ":", "number", "]", "&", "number", "!=",
                        "number"]),
    ("23-", ["number", "-"]), ("len>>2<<1", ["len", ">>", "number", "<<", "number"]),
    ("(host a)", ["(", "kind", "name", ")"]), ("1.2.3.4/24", ["dotted", "/", "number"]),
    ("$123", ["arcnet", "number"]), ("::/0", ["address6", "/", "number"]),
    ("[a:1]", ["[", "name", ":", "number", "]"]), ("[:::1]", ["[", "address6", ":", "number", "]"]),
    ("", []), (" \r\n\t", []),
]


@pytest.mark.parametrize(("text", "kinds"), SEVERAL)
def test_several_tokens(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in tokens(text)] == kinds


BAD = [
    ("tcp é", 4, 1, "illegal character"), ("a\0", 1, 1, "illegal character"),
    ("x \\", 2, 1, "backslash"), ("\\ tcp", 0, 1, "backslash"), ("$", 0, 1, "hexadecimal"),
    ("port 08", 5, 2, "non-octal digit"), ("4294967296", 0, 10, "decimal number 4294967296 over"),
    ("0x100000000", 0, 11, "hexadecimal number 0x100000000 overflows 32 bits"),
    ("003777777777778", 0, 15, "octal number 003777777777778 overflows 32 bits"),
    ("host fe80::10.20.256.40", 5, 18, "invalid IPv6 address fe80::10.20.256.40"),
    ("host 1:2:3:", 5, 6, "invalid Ethernet address"), ("a_ b", 1, 1, "illegal character '_'"),
]


@pytest.mark.parametrize(("text", "column", "length", "message"), BAD)
def test_no_token(text: str, column: int, length: int, message: str) -> None:
    with pytest.raises(FilterError, match=message) as caught:
        tokenize(text)
    assert (caught.value.column, caught.value.length) == (column, length)
    assert caught.value.expression == text


@given(st.ip_addresses(v=6))
def test_every_ipv6_address(address: ipaddress.IPv6Address) -> None:
    for text in (str(address), address.exploded):
        assert tokens(text) == [("address6", text)]
        assert address6(text) == int(address)


@given(st.binary(min_size=6, max_size=6), st.sampled_from(":-."))
def test_every_mac_address(octets: bytes, separator: str) -> None:
    assert tokens(octets.hex(separator)) == [("mac", octets)]


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("0123abx:.-\\$ ()[]"), max_size=80))
def test_any_text_is_tokens_or_an_error_inside_it(text: str) -> None:
    try:
        found = tokenize(text)
    except FilterError as error:
        assert 0 <= error.column < len(text)
        assert error.length >= 1
        return
    assert found[-1].kind == "end"
    ends = [0, *(token.end for token in found)]
    for token, previous in zip(found, ends, strict=False):
        assert previous <= token.start <= token.end <= len(text)
        assert text[previous:token.start].strip(" \t\r\n") == ""


@pytest.mark.parametrize("text", [":" * 50_000, "1:" * 50_000, "::1:" * 20_000, "a:::" * 20_000,
                                  "9" * 100_000, "a" * 100_000, "a." * 50_000, "-" * 50_000])
def test_long_runs_end_soon_with_a_short_message(text: str) -> None:
    try:
        tokenize(text)
    except FilterError as error:
        assert len(str(error)) < 200
