"""Hypothesis strategies for expressions of the filter language that mean something.

Left out is what libpcap 1.11 made mean something else than 1.10 (the version on most machines)
did: ``ip multicast`` without 240.0.0.0/4, ``byte`` with ``&`` or ``|``, the IS-IS PDU types, and
octets of an address that a network's mask ignores, which need not be there any more.
"""

from __future__ import annotations

from hypothesis import strategies as st

DIRECTIONS = st.sampled_from(["", "", "src ", "dst ", "src or dst ", "dst and src "])
OCTET = st.integers(0, 255)
IPV4 = st.builds("{}.{}.{}.{}".format, OCTET, OCTET, OCTET, OCTET)
IPV4_NET = st.one_of(
    st.builds("10.{}.0.0/16".format, OCTET), st.builds("192.168.{}".format, OCTET),
    st.sampled_from(["10", "172.16.0.0 mask 255.240.0.0", "224.0.0.0/4"]))
IPV6 = st.sampled_from(["::1", "fe80::1", "2001:db8::2:3", "ff02::fb", "::ffff:1.2.3.4"])
IPV6_NET = st.sampled_from(["fe80::/97", "2001:db8::/127", "::8000:0/97", "ff02::/104"])
MAC = st.sampled_from(["ff:ff:ff:ff:ff:ff", "0:1:2:3:4:5", "aa-bb-cc-dd-ee-ff", "0180.c200.0000"])
PORT = st.sampled_from(["80", "53", "0", "65535", "443", "0x50"])
RANGE = st.sampled_from(["1-1023", "80-80", "0-65535", "5000-5001"])
TRANSPORT = st.sampled_from(["", "", "tcp ", "udp ", "sctp "])
ALONE = st.sampled_from([
    "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim",
    "ah", "esp", "vrrp", "stp", "ipx", "netbeui", "atalk", "aarp", "decnet", "iso", "esis",
    "isis", "clnp", "lat", "moprc", "mopdl"])


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part
                       for part in parts)).map("".join)


#: What IP carries, and what is below the link layer on no link type.
INTERNET = st.one_of(
    st.sampled_from(["ip", "ip6", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim",
                     "ah", "esp", "vrrp"]),
    joined("ip ", DIRECTIONS, "host ", IPV4), joined("ip ", DIRECTIONS, "net ", IPV4_NET),
    joined(DIRECTIONS, "host ", IPV6), joined("ip6 ", DIRECTIONS, "net ", IPV6_NET),
    joined(TRANSPORT, DIRECTIONS, "port ", PORT),
    joined(TRANSPORT, DIRECTIONS, "portrange ", RANGE),
    joined("ip proto ", st.sampled_from(["6", "17", "\\udp", "255"])),
    joined("ip6 proto ", st.sampled_from(["58", "\\tcp", "0"])), joined("proto ", OCTET.map(str)),
    joined(st.sampled_from(["less ", "greater "]), st.integers(0, 2000).map(str)),
    st.just("ip6 multicast"))

PRIMITIVE = st.one_of(
    ALONE, INTERNET, INTERNET,
    joined(DIRECTIONS, "host ", IPV4), joined(DIRECTIONS, "net ", IPV4_NET),
    joined("arp ", DIRECTIONS, "net ", IPV4_NET))

ETHERNET = st.one_of(
    joined("ether ", DIRECTIONS, "host ", MAC),
    joined("ether proto ", st.sampled_from(["0x800", "\\arp", "\\ip6", "0x42", "34525"])),
    joined("byte ", OCTET.map(str), st.sampled_from([" = ", " < ", " > "]), OCTET.map(str)),
    st.sampled_from(["broadcast", "multicast", "ether multicast", "llc", "llc u", "llc s", "llc i",
                     "llc xid", "llc rr"]),
    st.builds("vlan {}".format, st.integers(0, 4095)), st.sampled_from(["vlan", "mpls", "pppoed"]),
    st.builds("mpls {}".format, st.integers(0, 0xFFFFF)),
    st.builds("pppoes {}".format, st.integers(0, 0xFFFF)), st.just("pppoes"))

CONSTANT = st.one_of(st.integers(0, 255), st.integers(0, 0xFFFFFFFF),
                     st.sampled_from([0, 1, 0xF, 0xFF, 0x0F000000])).map(str)
PROTOCOL = st.sampled_from(["ip", "tcp", "udp", "icmp", "ether", "ip6", "icmp6"])
LOAD = st.builds("{}[{}{}]".format, PROTOCOL, st.integers(0, 64), st.sampled_from(["", ":2", ":4"]))
VALUE = st.recursive(
    st.one_of(CONSTANT, LOAD, st.just("len")),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "&", "|", "^"]),
                  inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["/", "%"]), st.integers(1, 64)),
        st.builds("({} {} {})".format, inner, st.sampled_from(["<<", ">>"]), st.integers(0, 31)),
        st.builds("{}[({}) & 0x1f{}]".format, PROTOCOL, inner, st.sampled_from(["", ":2"])),
        st.builds("(- {})".format, inner)),
    max_leaves=4)
RELATION = st.builds("{} {} {}".format, VALUE,
                     st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "=="]), VALUE)


def expressions(primitives: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Tests joined by and, or, not and parentheses."""
    return st.recursive(
        primitives,
        lambda inner: st.one_of(
            st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or", "&&", "||"]), inner),
            st.builds("not ({})".format, inner), st.builds("({})".format, inner)),
        max_leaves=5)


#: By link type, what can be asked there. Where only IP can be, libpcap 1.11 knows that a test for
#: something else is false, and does not evaluate what it is joined with.
EXPRESSIONS = {
    "EN10MB": expressions(st.one_of(PRIMITIVE, PRIMITIVE, ETHERNET, RELATION)),
    "RAW": expressions(st.one_of(INTERNET, RELATION)),
    "LINUX_SLL": expressions(st.one_of(PRIMITIVE, RELATION)),
    "LINUX_SLL2": expressions(st.one_of(PRIMITIVE, RELATION)),
    "NULL": expressions(st.one_of(INTERNET, RELATION)),
    "PPP": expressions(st.one_of(PRIMITIVE, RELATION)),
    # No arithmetic: libpcap lets it overwrite the word that holds the header's length.
    "IEEE802_11_RADIO": expressions(PRIMITIVE),
}
