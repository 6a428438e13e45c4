"""The table of link types against facts, against itself, and against libpcap where it is there."""

import ctypes

import pytest

from fyke import linktypes
from fyke.errors import FykeError

FACTS = [  # LINKTYPE, DLT on Linux, name
    (0, 0, "NULL"), (1, 1, "EN10MB"), (50, 50, "PPP_SERIAL"), (51, 51, "PPP_ETHER"),
    (100, 11, "ATM_RFC1483"), (101, 12, "RAW"), (102, 15, "SLIP_BSDOS"), (103, 16, "PPP_BSDOS"),
    (104, 104, "C_HDLC"), (105, 105, "IEEE802_11"), (106, 19, "ATM_CLIP"),
    (113, 113, "LINUX_SLL"), (117, 117, "PFLOG"), (246, 246, "PFSYNC"), (276, 276, "LINUX_SLL2"),
]


@pytest.mark.parametrize(("number", "dlt", "name"), FACTS)
def test_facts(number, dlt, name):
    link = linktypes.by_number(number)
    assert (link.number, link.dlt, link.name) == (number, dlt, name)
    assert linktypes.by_dlt(dlt) is link
    assert linktypes.by_name(name) is link


def test_the_table_has_no_double():
    rows = linktypes.LINK_TYPES
    for column in ("number", "dlt", "name"):
        assert len({getattr(row, column) for row in rows}) == len(rows)
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    assert all(row.name == row.name.upper() and row.description for row in rows)


@pytest.mark.parametrize("name", ["en10mb", "DLT_EN10MB", "dlt_en10mb", "EN10MB"])
def test_any_case_with_or_without_prefix(name):
    assert linktypes.by_name(name).number == 1


def test_the_old_name_of_a_renamed_type():
    assert linktypes.by_name("IPMB_LINUX") is linktypes.by_name("I2C_LINUX")


def test_unknown_numbers_are_nameless():
    assert linktypes.by_number(54321) == (54321, 54321, "", "")
    assert linktypes.by_dlt(147) == (147, 147, "", "")


@pytest.mark.parametrize(("name", "hint"), [
    ("EN10MBB", "'EN10MB'"), ("linux_sl2", "'LINUX_SLL2'"), ("", "EN10MB"), ("\x1b[2J", "EN10MB"),
])
def test_unknown_names_get_a_hint(name, hint):
    with pytest.raises(FykeError) as caught:
        linktypes.by_name(name)
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_names_and_descriptions_as_libpcap():
    try:
        libpcap = ctypes.CDLL("libpcap.so.0.8")
    except OSError:
        pytest.skip("libpcap.so.0.8 is not installed")
    for function in (libpcap.pcap_datalink_val_to_name, libpcap.pcap_datalink_val_to_description):
        function.restype = ctypes.c_char_p
    newest = 289  # ATSC_ALP: what libpcap 1.10 knows; 1.11 has a few more
    for dlt in range(newest + 1):
        name = libpcap.pcap_datalink_val_to_name(dlt)
        link = linktypes.by_dlt(dlt)
        if dlt in (2, 3, 4, 5, 32, 209):  # named, or renamed, by libpcap 1.11
            continue
        assert link.name == (name or b"").decode()
        if name:
            assert link.description == libpcap.pcap_datalink_val_to_description(dlt).decode()
