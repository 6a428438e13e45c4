"""Fingerprints of TLS hellos: JA3 and JA3S (Salesforce, 2017), JA4 (FoxIO, 2023; BSD licence).

They tell programs apart by what their hellos offer. JA4's kin (JA4S, JA4H …) are not here: their
licence is not free.
"""

from __future__ import annotations

from hashlib import md5, sha256

from fyke.hints import Iterable
from fyke.layers.application.tls_hello import (
    ALPN,
    CLIENT_HELLO,
    GROUPS,
    POINT_FORMATS,
    SERVER_HELLO,
    SERVER_NAME,
    SIGNATURES,
    Hello,
)
from fyke.layers.application.tls_names import is_grease

#: Versions in JA4's two letters.
VERSIONS = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
            0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3"}
NOTHING = "0" * 12  # stands for the hash of an empty list


def ja3_full(hello: Hello | None) -> str | None:
    """What JA3 is the hash of; None for no whole ClientHello."""
    if hello is None or hello.type != CLIENT_HELLO or hello.cut:
        return None
    return ",".join((
        str(hello.version), dashed(hello.cipher_suites or ()),
        dashed(one.kind for one in hello.extensions), dashed(hello.numbers(GROUPS) or ()),
        dashed(hello.numbers(POINT_FORMATS) or ())))


def ja3s_full(hello: Hello | None) -> str | None:
    """What JA3S is the hash of; None for no whole ServerHello."""
    if hello is None or hello.type != SERVER_HELLO or hello.cut:
        return None
    return ",".join((str(hello.version), dashed(hello.cipher_suites or ()),
                     dashed(one.kind for one in hello.extensions)))


def dashed(numbers: Iterable[int]) -> str:
    return "-".join(str(one) for one in numbers if not is_grease(one))


def digest(full: str | None) -> str | None:
    """A JA3 or JA3S of its full form."""
    return None if full is None else md5(full.encode(), usedforsecurity=False).hexdigest()


def ja4(hello: Hello | None, transport: str, raw: bool = False) -> str | None:
    """A ClientHello's JA4; ``raw``: with lists in the place of hashes (JA4_r).

    ``transport``: "t" for TCP, "d" for DTLS, "q" for QUIC.
    """
    if hello is None or hello.type != CLIENT_HELLO or hello.cut:
        return None
    suites = [f"{one:04x}" for one in hello.cipher_suites or () if not is_grease(one)]
    kinds = [one.kind for one in hello.extensions if not is_grease(one.kind)]
    named = "d" if SERVER_NAME in kinds else "i"
    head = (f"{transport}{VERSIONS.get(hello.best_version() or 0, '00')}{named}"
            f"{min(len(suites), 99):02}{min(len(kinds), 99):02}{ends(hello)}")
    listed = ",".join(sorted(suites))
    asked = ",".join(sorted(f"{one:04x}" for one in kinds if one not in (SERVER_NAME, ALPN)))
    signatures = ",".join(f"{one:04x}" for one in hello.numbers(SIGNATURES) or ()
                          if not is_grease(one))
    if signatures:
        asked += f"_{signatures}"
    if raw:
        return f"{head}_{listed}_{asked}"
    return f"{head}_{short(listed)}_{short(asked)}"


def short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else NOTHING


def ends(hello: Hello) -> str:
    """First and last letter of the first ALPN name, of its hexadecimal form if one is none."""
    name = hello.first_protocol
    if not name:
        return "00"
    if name[:1].isalnum() and name[-1:].isalnum():  # of octets: ASCII's letters and digits
        return (name[:1] + name[-1:]).decode()
    return name.hex()[0] + name.hex()[-1]
