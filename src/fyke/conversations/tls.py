"""What a stream shows of TLS: both hellos, wherever the segments were cut."""

from __future__ import annotations

from fyke.hints import TYPE_CHECKING, Any, NamedTuple
from fyke.layers.application.tls import Tls
from fyke.wire import Record

if TYPE_CHECKING:
    from fyke.conversations.streams import Stream

HANDSHAKE, MAJOR = 0x16, 3  # how a stream of TLS begins (RFC 8446 §5.1)
READ = 128 << 10  # bytes of a side that a handshake's hellos are looked for in


class Hellos(NamedTuple):
    """The TLS layers (fyke.layers.application.tls) of both sides; None where one said nothing."""

    client: Tls | None
    server: Tls | None

    @property
    def server_name(self) -> str | None:
        """The host that the client asked for."""
        return self._of(self.client, "server_name")  # type: ignore[no-any-return]

    @property
    def version(self) -> str | None:
        """The version that the server chose; without a server's hello the highest offered."""
        return self._of(self.server or self.client, "version")  # type: ignore[no-any-return]

    @property
    def cipher_suite(self) -> str | None:
        """The server's choice."""
        return self._of(self.server, "cipher_suite")  # type: ignore[no-any-return]

    @property
    def alpn(self) -> list[str] | None:
        """The protocol that the server chose (TLS 1.2), else those that the client offered."""
        chosen = self._of(self.server, "alpn")
        return chosen or self._of(self.client, "alpn")  # type: ignore[no-any-return]

    @property
    def ja3(self) -> str | None:
        """The client's fingerprint."""
        return self._of(self.client, "ja3")  # type: ignore[no-any-return]

    @property
    def ja4(self) -> str | None:
        """The client's fingerprint, whatever the order of what it offers."""
        return self._of(self.client, "ja4")  # type: ignore[no-any-return]

    @property
    def ja3s(self) -> str | None:
        """The server's fingerprint."""
        return self._of(self.server, "ja3s")  # type: ignore[no-any-return]

    @staticmethod
    def _of(layer: Tls | None, name: str) -> Any:
        return None if layer is None else layer[name]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in (
            "server_name", "version", "cipher_suite", "alpn", "ja3", "ja4", "ja3s")}


def hellos(stream: Stream) -> Hellos | None:
    """What both said first, if that was TLS in TCP."""
    if stream.protocol != "tcp":
        return None
    found: list[Tls | None] = []
    for side in ("client", "server"):
        runs = stream.runs(side)
        data = runs[0][1] if runs else b""
        if len(data) < 3 or data[0] != HANDSHAKE or data[1] != MAJOR:
            found.append(None)
            continue
        layer = Tls()
        layer.at(Record(data[:READ]), 0, min(len(data), READ)).decode()
        found.append(layer)
    return Hellos(*found) if any(found) else None
