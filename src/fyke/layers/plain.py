"""Field values as JSON knows them: addresses as text, octets in hexadecimal."""

from __future__ import annotations

from fyke.hints import Any


def plain(value: Any) -> Any:
    """Numbers and text as they are, octets as a hexadecimal string, records by field name."""
    if isinstance(value, (int, str)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def address(value: int | bytes) -> str:
    """An address as it is usually written: by its size Ethernet, IPv4 (also a number) or IPv6."""
    octets = value.to_bytes(4, "big") if isinstance(value, int) else value
    if len(octets) == 4:
        return ".".join(map(str, octets))
    if len(octets) == 16:
        from socket import AF_INET6, inet_ntop  # start-up is felt, and few want addresses
        return inet_ntop(AF_INET6, octets)
    return octets.hex(":")


def iso_time(nanoseconds: int) -> str:
    """A time in UTC with nine digits of its second, as ISO 8601 and RFC 3339 write it."""
    from datetime import UTC, datetime, timedelta
    seconds, rest = divmod(nanoseconds, 10**9)
    whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
