"""Elements of IEEE 802.11 management frames, as values (IEEE 802.11-2020 §9.4.2)."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.cursor import Form, Malformed, raw, text, whole_number
from fyke.wire import Record

SUITE_LENGTH = 4


class Tim(NamedTuple):
    """Who has frames waiting (§9.4.2.5)."""

    dtim_count: int
    dtim_period: int
    control: int
    bitmap: bytes


class Security(NamedTuple):
    """Ciphers and key management of a robust network (§9.4.2.24): suites as hexadecimal."""

    version: int
    group_cipher: str
    pairwise_ciphers: list[str]
    key_management: list[str]
    capabilities: int | None


class Vendor(NamedTuple):
    """What a vendor added: whose, and its first octet as a type."""

    oui: str
    type: int | None
    data: bytes


class Country(NamedTuple):
    """Where this network is, and what may be sent there (§9.4.2.8)."""

    code: str
    environment: int
    triplets: bytes


def read_rates(pkt: Record, at: int, size: int) -> list[float]:
    """Mbit/s; those that all members must support count too."""
    return [(octet & 0x7F) / 2 for octet in pkt.raw(at, size)]


def read_tim(pkt: Record, at: int, size: int) -> Tim:
    return Tim(pkt.u8(at), pkt.u8(at + 1), pkt.u8(at + 2), pkt.raw(at + 3, size - 3))


def read_security(pkt: Record, at: int, size: int) -> Security:
    """What stands at its end may be left out."""
    stop = at + size
    version, group = pkt.le16(at), pkt.raw(at + 2, SUITE_LENGTH).hex() if size >= 6 else ""
    at += 6
    lists = []
    for _ in range(2):
        count = pkt.le16(at) if stop - at >= 2 else 0
        if count * SUITE_LENGTH > max(stop - at - 2, 0):
            raise Malformed(f"{count} suites do not fit")
        lists.append([pkt.raw(at + 2 + SUITE_LENGTH * i, SUITE_LENGTH).hex()
                      for i in range(count)])
        at += 2 + SUITE_LENGTH * count
    return Security(version, group, lists[0], lists[1], pkt.le16(at) if stop - at >= 2 else None)


def read_vendor(pkt: Record, at: int, size: int) -> Vendor:
    return Vendor(pkt.raw(at, 3).hex(":"), pkt.u8(at + 3) if size > 3 else None,
                  pkt.raw(at + 3, size - 3))


def read_country(pkt: Record, at: int, size: int) -> Country:
    return Country(text(pkt, at, 2), pkt.u8(at + 2), pkt.raw(at + 3, size - 3))


FORMS: dict[int, Form] = {
    0: Form("ssid", text), 1: Form("rates", read_rates), 3: Form("channel", whole_number, 1, 1),
    5: Form("tim", read_tim, 4), 7: Form("country", read_country, 3),
    11: Form("load", raw, 5, 5), 16: Form("challenge", raw), 32: Form("power_constraint",
                                                                       whole_number, 1, 1),
    42: Form("erp", whole_number, 1, 1), 45: Form("ht_capabilities", raw),
    48: Form("security", read_security, 2), 50: Form("extended_rates", read_rates),
    61: Form("ht_operation", raw), 107: Form("interworking", raw),
    114: Form("mesh_id", text), 127: Form("extended_capabilities", raw),
    191: Form("vht_capabilities", raw), 192: Form("vht_operation", raw),
    221: Form("vendor", read_vendor, 3), 255: Form("extension", raw),
}
