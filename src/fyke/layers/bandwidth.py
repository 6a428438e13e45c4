"""IEEE 754 numbers of 32 bits, in which traffic engineering counts octets per second."""

from __future__ import annotations

import math
import struct

LARGEST = 3.4028234663852886e38  # of 32 bits


def float32(word: int) -> float:
    """The number whose bits are ``word``."""
    number: float = struct.unpack(">f", word.to_bytes(4, "big"))[0]
    return number


def rounded(number: float) -> float:
    """The nearest number that 32 bits can hold."""
    if math.isnan(number) or abs(number) > LARGEST:
        return number if math.isnan(number) else math.copysign(math.inf, number)
    nearest: float = struct.unpack(">f", struct.pack(">f", number))[0]
    return nearest


def mbps(word: int) -> bytes:
    """Octets per second as megabits per second, computed in 32 bits: ``1000.000 Mbps``."""
    return fixed(rounded(rounded(float32(word) * 8) / 1000000), word) + b" Mbps"


def fixed(number: float, word: int) -> bytes:
    """Three decimals; what is not a number keeps the sign of the ``word`` it came from."""
    if math.isnan(number):
        return b"-nan" if word >> 31 else b"nan"
    return b"%.3f" % number


def general(number: float, word: int) -> bytes:
    """Ten significant digits; what is not a number as in ``fixed``."""
    if math.isnan(number):
        return b"-nan" if word >> 31 else b"nan"
    return b"%.10g" % number
