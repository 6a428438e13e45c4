"""Names for numbers, when -n is not given: hosts, services, Ethernet addresses.

Reverse DNS runs in the background: a line waits a bounded time for a name and is printed with
the number if none came, so that a resolver that never answers holds nothing up. A name that
comes late is used from then on.
"""

from __future__ import annotations

# The C halves: what queue, socket and threading import costs half a short run.
from _queue import SimpleQueue
from _socket import AF_INET6, gethostbyaddr, getservbyport, inet_ntoa, inet_ntop
from _thread import allocate_lock, start_new_thread

from fyke.hints import TYPE_CHECKING, Any, Callable
from fyke.layers.ouis import OUI_NAMES

if TYPE_CHECKING:
    from _thread import LockType

PATIENCE = 0.5  # seconds that one line may wait for a name
PATIENCE_IN_ALL = 3.0  # seconds that all lines together may wait for nothing
KEPT = 65536  # names remembered, and questions open
THREADS = 4  # so that one name that nobody knows does not hold up the others


class HostNames:
    """Reverse lookups by background threads, remembered.

    ``patience`` is how long one line may wait for a name, ``in_all`` how long all lines together
    may wait in vain, in seconds. An answer restores the patience.
    """

    def __init__(self, lookup: Callable[[str], bytes | None] | None = None, *,
                 patience: float = PATIENCE, in_all: float = PATIENCE_IN_ALL) -> None:
        self._lookup = lookup or reverse_lookup
        self._patience = patience
        self._in_all = in_all
        self._known: dict[str, bytes | None] = {}
        self._open: dict[str, LockType] = {}  # asked for; locked until the answer is there
        self._wanted: SimpleQueue[str] = SimpleQueue()
        self._left = in_all
        self._threads = 0

    def name(self, address: str) -> bytes | None:
        """The host's name, or None: it has none, or it has not come yet."""
        if address in self._known:
            return self._known[address]
        if address not in self._open:
            self._wait(self._ask(address))
        return self._known.get(address)

    def _ask(self, address: str) -> LockType:
        if len(self._known) >= KEPT:
            self._known.clear()
        answer = allocate_lock()
        answer.acquire()
        if len(self._open) >= KEPT:  # nobody answers: ask no more until somebody does
            return answer
        self._open[address] = answer
        self._wanted.put(address)
        if self._threads < THREADS:
            self._threads += 1
            start_new_thread(self._work, ())
        return answer

    def _wait(self, answer: LockType) -> None:
        """Wait for an answer; each wait for nothing leaves less patience for the next."""
        if self._left <= 0:
            return
        if not answer.acquire(timeout=min(self._patience, self._left)):
            self._left -= self._patience

    def _work(self) -> None:
        while True:
            address = self._wanted.get()
            self._known[address] = self._lookup(address)
            self._left = self._in_all
            answer = self._open.pop(address, None)
            if answer is not None:
                answer.release()


def reverse_lookup(address: str) -> bytes | None:
    """The name that the system's resolver has for a numeric address."""
    try:
        octets: Any = address.encode()  # text brings the codec of host names in other scripts
        return gethostbyaddr(octets)[0].encode("ascii", "backslashreplace")
    except (OSError, UnicodeError):
        return None


class SystemNames:
    """What ``Line.names`` asks: see wire.Names.

    Without ``domains`` a name ends at its first dot (-N). ``local`` is a network and its mask:
    IPv4 addresses outside have no names (-f).
    """

    def __init__(self, hosts: HostNames | None = None, *, domains: bool = True,
                 local: tuple[int, int] | None = None) -> None:
        self._hosts = hosts or HostNames()
        self._domains = domains
        self._network, self._mask = local or (0, 0)
        self._ethers: dict[bytes, bytes] | None = None
        self._ports: dict[tuple[str, int], bytes | None] = {}

    def ipv4(self, addr: int) -> bytes | None:
        if addr & self._mask != self._network:
            return None
        return self._shorten(self._hosts.name(inet_ntoa(addr.to_bytes(4, "big"))))

    def ipv6(self, addr: bytes) -> bytes | None:
        return self._shorten(self._hosts.name(inet_ntop(AF_INET6, addr)))

    def _shorten(self, name: bytes | None) -> bytes | None:
        """-N: the name up to its first dot."""
        if name is None or self._domains:
            return name
        return name.split(b".", 1)[0]

    def ether(self, addr: bytes) -> bytes | None:
        """The name in /etc/ethers, else the address and the owner of its first three octets."""
        if self._ethers is None:
            self._ethers = read_ethers()
        name = self._ethers.get(addr)
        if name is not None:
            return name
        owner = OUI_NAMES.get(int.from_bytes(addr[:3], "big"), b"Unknown")
        return b"%s (oui %s)" % (addr.hex(":").encode(), owner)

    def port(self, transport: str, number: int) -> bytes | None:
        key = transport, number
        if key not in self._ports:
            try:
                name = getservbyport(number, transport)
                self._ports[key] = name.encode("ascii", "backslashreplace")
            except (OSError, OverflowError):
                self._ports[key] = None
        return self._ports[key]


def read_ethers(path: str = "/etc/ethers") -> dict[bytes, bytes]:
    """Addresses and names of ethers(5); an unreadable file or line counts as absent."""
    found: dict[bytes, bytes] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return found
    for row in text.splitlines():
        words = row.partition("#")[0].split()
        if len(words) < 2:
            continue
        try:
            address = bytes(int(octet, 16) for octet in words[0].split(":"))
        except ValueError:
            continue
        if len(address) == 6:
            found.setdefault(address, words[1].encode())
    return found
