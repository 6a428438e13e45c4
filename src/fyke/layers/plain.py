"""Field values as JSON knows them: addresses as text, octets in hexadecimal."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any


def plain(value: Any) -> Any:
    """Numbers and text as they are, octets as a hexadecimal string, records by field name."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def address(value: int | bytes) -> str:
    """An address as it is usually written: by its size Ethernet, IPv4 (also a number) or IPv6."""
    if isinstance(value, int):
        return str(IPv4Address(value))
    if len(value) == 4:
        return str(IPv4Address(value))
    if len(value) == 16:
        return str(IPv6Address(value))
    return value.hex(":")
