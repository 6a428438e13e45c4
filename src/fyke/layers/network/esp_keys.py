"""Keys of security associations, and what they open (RFC 4303; tcpdump's -E, print-esp.c).

The library ``cryptography`` (extra ``crypto``) does the ciphers; it is imported when the first key
is used.
"""

from __future__ import annotations

from fyke.errors import UsageError
from fyke.hints import Any, NamedTuple

ANY = -1  # of every association that has no key of its own
HMAC96 = "-hmac96"  # behind a cipher's name: 12 octets of authentication follow the payload
AUTHENTICATION = 12
MOST_KEY = 256  # octets

CBC = "-cbc"  # may stand behind a cipher's name: there is no other mode
#: Ciphers by OpenSSL's and tcpdump's names: class in ``cryptography``, octets of key, of vector.
CIPHERS = {
    "des": ("TripleDES", 8, 8), **dict.fromkeys(("3des", "des3", "des-ede3"), ("TripleDES", 24, 8)),
    **dict.fromkeys(("aes-128", "aes128"), ("AES", 16, 16)),
    **dict.fromkeys(("aes-192", "aes192"), ("AES", 24, 16)),
    **dict.fromkeys(("aes-256", "aes256"), ("AES", 32, 16)),
    **dict.fromkeys(("camellia-128", "camellia128"), ("Camellia", 16, 16)),
    **dict.fromkeys(("camellia-192", "camellia192"), ("Camellia", 24, 16)),
    **dict.fromkeys(("camellia-256", "camellia256"), ("Camellia", 32, 16)),
    **dict.fromkeys(("bf", "blowfish"), ("Blowfish", 16, 8)),
    **dict.fromkeys(("cast5", "cast128", "cast"), ("CAST5", 16, 8)),
}


class Key(NamedTuple):
    """How one association is opened."""

    cipher: str  #: one of CIPHERS
    secret: bytes
    authentication: int  #: octets behind the payload


class Opened(NamedTuple):
    """What was encrypted: the payload, and the trailer behind it (RFC 4303 §2)."""

    payload: bytes
    pad_length: int
    next_header: int


#: Keys by index and destination: 4 or 16 octets, none for a key of every association.
_KEYS: dict[tuple[int, bytes], Key] = {}


def forget() -> None:
    """No keys any more."""
    _KEYS.clear()


def known() -> bool:
    """Whether there is any key: else nobody need look for one."""
    return bool(_KEYS)


def add(key: Key, spi: int = ANY, target: bytes = b"") -> None:
    """Open the association of this index and destination with ``key``.

    Raises UsageError for a cipher that is not known, or where ``cryptography`` is missing.
    """
    if key.cipher not in CIPHERS:
        raise UsageError(f"-E: {key.cipher!r} is no cipher that is known; there are "
                         f"{', '.join(sorted(CIPHERS))}")
    decryptor(key, bytes(CIPHERS[key.cipher][2]))
    _KEYS[spi, target] = key


def find(spi: int, target: bytes) -> Key | None:
    """The key of an association; the one for all others where it has none."""
    return _KEYS.get((spi, target)) or _KEYS.get((ANY, b""))


def decryptor(key: Key, vector: bytes) -> Any:
    """A decryption in progress. Raises UsageError where the library is missing."""
    name, size, _ = CIPHERS[key.cipher]
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
    except ImportError:
        raise UsageError("decrypting ESP needs the package cryptography: "
                         "pip install 'fyke[crypto]'") from None
    secret = key.secret[:size].ljust(size, b"\0")
    if name == "TripleDES":
        secret *= 24 // size  # DES is triple DES with one key
    algorithm = algorithms()[name](secret)
    return Cipher(algorithm, modes.CBC(vector)).decryptor()


def algorithms() -> dict[str, Any]:
    """The library's classes; old ciphers have moved in it, and may be missing."""
    import warnings
    from importlib import import_module
    found: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for room in ("cryptography.hazmat.primitives.ciphers.algorithms",
                     "cryptography.hazmat.decrepit.ciphers.algorithms"):
            try:
                module = import_module(room)
            except ImportError:
                continue
            found.update({name: getattr(module, name) for name, _, _ in CIPHERS.values()
                          if hasattr(module, name)})
    return found


def open_payload(key: Key, octets: bytes) -> Opened | None:
    """What is in the octets behind sequence number; None if it cannot be this key's."""
    _, _, width = CIPHERS[key.cipher]
    stop = len(octets) - key.authentication
    text = octets[width:stop]
    if len(text) < 2 or len(text) % width:
        return None
    plain = decryptor(key, octets[:width]).update(text)
    padding, following = plain[-2], plain[-1]
    if padding + 2 > len(plain):
        return None
    return Opened(plain[:len(plain) - 2 - padding], padding, following)


def read_secrets(text: str) -> None:
    """What -E says: ``spi@address cipher:secret``, several with commas or on lines of their own.

    Without ``spi@address`` a key is for every association; ``file NAME`` reads more from a file;
    a secret that begins with 0x is hexadecimal. Raises UsageError, and OSError from the file.
    """
    for part in text.replace("\n", ",").split(","):
        part = part.strip()
        if part.startswith("file "):
            with open(part[5:].strip(), encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read()
            read_secrets("\n".join(line.split("#")[0] for line in lines.splitlines()))
        elif part:
            read_secret(part)


def read_secret(text: str) -> None:
    """One key."""
    whom, blank, how = text.rpartition(" ")
    spi, target = ANY, b""
    if blank:
        spi, target = read_association(whom.strip())
    cipher, colon, secret = how.partition(":")
    if not colon:
        raise UsageError(f"-E: {text!r} has no secret; it is spi@address cipher:secret")
    authentication = 0
    if cipher.endswith(HMAC96):
        cipher, authentication = cipher.removesuffix(HMAC96), AUTHENTICATION
    cipher = cipher.lower().removesuffix(CBC)
    add(Key(cipher, read_key(secret), authentication), spi, target)


def read_association(text: str) -> tuple[int, bytes]:
    from ipaddress import ip_address
    spi, _, address = text.partition("@")
    try:
        number, target = int(spi, 0), ip_address(address).packed
    except ValueError:
        raise UsageError(f"-E: {text!r} is not spi@address, as 0x1000@10.0.0.1") from None
    if not 0 <= number < 1 << 32:
        raise UsageError(f"-E: {spi} is no security parameters index (32 bits)")
    return number, target


def read_key(secret: str) -> bytes:
    """A secret as octets."""
    if not secret.startswith("0x"):
        return secret.encode(errors="surrogateescape")[:MOST_KEY]
    try:
        return bytes.fromhex(secret[2:])[:MOST_KEY]
    except ValueError:
        raise UsageError(f"-E: {secret} is not hexadecimal, two digits an octet") from None
