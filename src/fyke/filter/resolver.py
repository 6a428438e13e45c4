"""Names to numbers for the filter compiler: hosts, services, protocols, networks, MAC addresses.

``Resolver`` asks a table it was built from; ``SystemResolver`` asks the system (the name service,
and /etc/networks and /etc/ethers, for which Python has no call). Only this module knows where names
come from: hand another resolver to ``fyke.filter.compile.compile`` to change it.
"""

from __future__ import annotations

from fyke.errors import FilterError

LARGEST_FILE = 1 << 24  #: characters of a file that an expression names


class Resolver:
    """Names from texts in the format of the files in /etc that they are named after.

    Names are compared without regard to case, as the system does.
    """

    def __init__(self, *, hosts: str = "", services: str = "", protocols: str = "",
                 networks: str = "", ethers: str = "") -> None:
        self._hosts: dict[str, list[tuple[int, int]]] = {}
        self._services: dict[tuple[str, str], int] = {}
        self._protocols: dict[str, int] = {}
        self._networks: dict[str, int] = {}
        self._prefixes: dict[str, tuple[int, int]] = {}
        self._ethers: dict[str, bytes] = {}
        for address, *names in _lines(hosts):
            parsed = _address(address)
            for name in names if parsed is not None else ():
                self._hosts.setdefault(name.lower(), []).append(parsed)  # type: ignore[arg-type]
        for name, port, *aliases in _lines(services):
            number, _, protocol = port.partition("/")
            for word in (name, *aliases) if number.isdecimal() else ():
                self._services.setdefault((word.lower(), protocol), int(number))
        for name, number, *aliases in _lines(protocols):
            for word in (name, *aliases) if number.isdecimal() else ():
                self._protocols.setdefault(word.lower(), int(number))
        for name, number, *aliases in _lines(networks):
            value = _network(number)
            for word in (name, *aliases) if value is not None else ():
                self._networks.setdefault(word.lower(), value)  # type: ignore[arg-type]
            with_length = _prefix(number)
            for word in (name, *aliases) if with_length is not None else ():
                self._prefixes.setdefault(word.lower(), with_length)  # type: ignore[arg-type]
        for address, name, *_ in _lines(ethers):
            octets = _ethernet(address)
            if octets is not None:
                self._ethers.setdefault(name.lower(), octets)

    def hosts(self, name: str) -> tuple[list[int], list[int]]:
        """All IPv4 (32-bit) and IPv6 (128-bit) addresses of a host, each list sorted, no doubles.

        Both empty where there is no such host.
        """
        return _sorted(self._hosts.get(name.lower(), ()))

    def port(self, name: str) -> tuple[int | None, int | None]:
        """A service's port for TCP and for UDP; SCTP shares them."""
        name = name.lower()
        return self._services.get((name, "tcp")), self._services.get((name, "udp"))

    def protocol(self, name: str) -> int | None:
        """An IP protocol's number."""
        return self._protocols.get(name.lower())

    def network(self, name: str) -> int | None:
        """A network's 32-bit number, as glibc has it: ``10.20`` in the file is 0x0a140000."""
        return self._networks.get(name.lower())

    def prefix(self, name: str) -> tuple[int, int] | None:
        """A network's number and how many of its bits count: those that the file says, as in
        ``lab 10.20.0.0/14``, else up to the last octet that is not 0.
        """
        return self._prefixes.get(name.lower())

    def lines(self, path: str) -> list[str]:
        """The lines of a file that an expression names. Raises FilterError."""
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read(LARGEST_FILE + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise FilterError(f"cannot read {path[:200]!r}: {reason}") from None
        if len(text) > LARGEST_FILE:
            raise FilterError(f"{path[:200]!r} is longer than {LARGEST_FILE >> 20} MiB")
        return text.splitlines()

    def ethernet(self, name: str) -> bytes | None:
        """The MAC address of a host."""
        return self._ethers.get(name.lower())


class SystemResolver(Resolver):
    """Names as this machine knows them."""

    def __init__(self, *, networks_file: str = "/etc/networks",
                 ethers_file: str = "/etc/ethers") -> None:
        super().__init__(networks=_read(networks_file), ethers=_read(ethers_file))

    def hosts(self, name: str) -> tuple[list[int], list[int]]:
        import socket
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if getattr(error, "errno", None) in (socket.EAI_AGAIN, socket.EAI_FAIL):
                raise FilterError(f"cannot look up host '{name[:60]}': {error.args[1]}; "
                                  "use an address instead") from error
            return [], []
        versions = {socket.AF_INET: 4, socket.AF_INET6: 6}
        return _sorted([(versions[family], int.from_bytes(
            socket.inet_pton(family, str(address[0]).partition("%")[0]), "big"))
            for family, _, _, _, address in found if family in versions])

    def port(self, name: str) -> tuple[int | None, int | None]:
        import socket
        ports: list[int | None] = []
        for protocol in ("tcp", "udp"):
            try:
                ports.append(socket.getservbyname(name, protocol))
            except (OSError, UnicodeError, ValueError):
                ports.append(None)
        return ports[0], ports[1]

    def protocol(self, name: str) -> int | None:
        import socket
        try:
            return socket.getprotobyname(name)
        except (OSError, UnicodeError, ValueError):
            return None


_system: SystemResolver | None = None


def system_resolver() -> SystemResolver:
    """The system's names; /etc/networks and /etc/ethers are read once."""
    global _system
    if _system is None:
        _system = SystemResolver()
    return _system


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1 << 24)
    except OSError:
        return ""


def _lines(text: str) -> list[list[str]]:
    """The words of each line with at least two, comments left out."""
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    return [words for words in lines if len(words) >= 2]


def _sorted(found: object) -> tuple[list[int], list[int]]:
    """Sorted, so that a program does not depend on the order in which a server answers."""
    pairs: set[tuple[int, int]] = set(found)  # type: ignore[call-overload]
    return (sorted(address for version, address in pairs if version == 4),
            sorted(address for version, address in pairs if version == 6))


def _address(text: str) -> tuple[int, int] | None:
    """IP version and number."""
    import socket
    for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
        try:
            return version, int.from_bytes(socket.inet_pton(family, text), "big")
        except OSError:
            continue
    return None


def _network(text: str) -> int | None:
    """``10.20`` to 0x0a140000: glibc adds the octets that are missing at the end."""
    parts = text.split(".")
    if not 1 <= len(parts) <= 4 or not all(p.isdecimal() and int(p) <= 255 for p in parts):
        return None
    return int.from_bytes(bytes(int(part) for part in parts).ljust(4, b"\0"), "big")


def _prefix(text: str) -> tuple[int, int] | None:
    """``10.20.0.0/14``, or ``10.20`` and ``10.20.0.0``, which both are /16."""
    address, slash, size = text.partition("/")
    number = _network(address)
    if number is None or (slash and not (size.isdecimal() and int(size) <= 32)):
        return None
    if slash:
        return number, int(size)
    return number, next((bits for bits in (8, 16, 24) if not number & 0xFFFFFFFF >> bits), 32)


def _ethernet(text: str) -> bytes | None:
    parts = text.split(":")
    try:
        octets = bytes(int(part, 16) for part in parts)
    except ValueError:
        return None
    return octets if len(octets) == 6 else None
