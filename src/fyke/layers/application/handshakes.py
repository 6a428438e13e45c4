"""What TLS, DTLS and QUIC have in common: a layer whose values are those of handshake messages."""

from __future__ import annotations

from fyke.hints import Any, Callable, ClassVar, NamedTuple
from fyke.layers.application import fingerprints
from fyke.layers.application.tls_hello import (
    CLIENT_HELLO,
    GROUPS,
    KEY_SHARE,
    POINT_FORMATS,
    RETRY_RANDOM,
    SERVER_HELLO,
    SERVER_NAME,
    SIGNATURES,
    VERSIONS,
    Hello,
)
from fyke.layers.application.tls_names import (
    ALERT_LEVELS,
    ALERTS,
    CIPHER_SUITES,
    HANDSHAKE_TYPES,
    RECORD_TYPES,
)
from fyke.layers.application.tls_names import GROUPS as GROUP_NAMES
from fyke.layers.application.tls_names import (
    SIGNATURES as SIGNATURE_NAMES,
)
from fyke.layers.application.tls_names import VERSIONS as VERSION_NAMES
from fyke.layers.codes import Codes
from fyke.layers.fields import Listed, Made, Options
from fyke.layers.layer import Layer

ALERT = 21  # type of a record
HELLOS = (CLIENT_HELLO, SERVER_HELLO)


class Handshake(NamedTuple):
    """A handshake message in the clear (RFC 8446 §4)."""

    type: int
    name: str
    length: int  #: octets of its body


def of_hello(read: Callable[[Hello], Any]) -> Callable[[Handshakes], Any]:
    """Reads something of the first hello; None if there is none."""
    def field(layer: Handshakes) -> Any:
        return None if layer.hello is None else read(layer.hello)
    return field


def of_server(read: Callable[[Hello], Any]) -> Callable[[Handshakes], Any]:
    """The same of a server's hello only."""
    def field(layer: Handshakes) -> Any:
        hello = layer.hello
        return None if hello is None or hello.type != SERVER_HELLO else read(hello)
    return field


def first_type(layer: Handshakes) -> int | None:
    return layer.messages[0].type if layer.messages else None


def extensions_of(hello: Hello) -> Options:
    hello.extensions.cut = hello.cut
    return hello.extensions


def chosen(hello: Hello) -> int | None:
    return hello.cipher_suites[0] if hello.cipher_suites else None


def name_of(hello: Hello) -> str | None:
    found = hello.extension(SERVER_NAME)
    return found if isinstance(found, str) else None


def listed(kind: int) -> Callable[[Handshakes], Any]:
    return of_hello(lambda hello: hello.numbers(kind))


class Handshakes(Layer):
    """The hellos of a handshake, whatever carries them."""

    __slots__ = ("alert", "hello", "messages")

    messages: list[Handshake]  #: those in the clear
    hello: Hello | None  #: the first hello among them, as far as it is here
    alert: tuple[int, int] | None  #: level and description of an alert in the clear

    transport: ClassVar[str] = "t"  #: JA4's letter

    handshake_type = Made("u8", first_type, "of the first handshake message in the clear",
                          names=HANDSHAKE_TYPES)
    handshakes = Listed(lambda layer: Options(layer.messages),
                        "every handshake message in the clear")
    version = Made("u16", of_hello(Hello.best_version),
                   "highest version offered, the one chosen of a server", names=VERSION_NAMES)
    hello_version = Made("u16", of_hello(lambda hello: hello.version),
                         "the hello's old version field: 0x0303 also in TLS 1.3",
                         names=VERSION_NAMES)
    random = Made("bytes", of_hello(lambda hello: hello.random))
    session_id = Made("bytes", of_hello(lambda hello: hello.session_id))
    cookie = Made("bytes", of_hello(lambda hello: hello.cookie),
                  "DTLS: what a server gives, and a client shows (RFC 6347 §4.2.1)")
    cipher_suites = Codes(of_hello(lambda hello: hello.cipher_suites),
                          "offered; of a server the one chosen", names=CIPHER_SUITES)
    cipher_suite = Made("u16", of_server(chosen), "chosen by a server", names=CIPHER_SUITES)
    compression_methods = Codes(of_hello(lambda hello: hello.compression_methods))
    extensions = Listed(of_hello(extensions_of), "every extension, GREASE too", keyed=True)
    server_name = Made("text", of_hello(name_of), "host that the client asks for (RFC 6066)")
    alpn = Codes(of_hello(Hello.protocols), "application protocols (RFC 7301)")
    versions = Codes(listed(VERSIONS), "supported versions (RFC 8446)", names=VERSION_NAMES)
    groups = Codes(listed(GROUPS), "named groups for key exchange", names=GROUP_NAMES)
    point_formats = Codes(listed(POINT_FORMATS), "of elliptic curves")
    signature_algorithms = Codes(listed(SIGNATURES), names=SIGNATURE_NAMES)
    key_shares = Codes(listed(KEY_SHARE), "groups that keys are sent for", names=GROUP_NAMES)
    is_retry = Made("bool", of_server(lambda hello: hello.random == RETRY_RANDOM),
                    "a HelloRetryRequest (RFC 8446 §4.1.4)")
    ja3 = Made("text", lambda layer: fingerprints.digest(fingerprints.ja3_full(layer.hello)),
               "fingerprint of a client's hello")
    ja3_full = Made("text", lambda layer: fingerprints.ja3_full(layer.hello),
                    "what JA3 is the MD5 of")
    ja3s = Made("text", lambda layer: fingerprints.digest(fingerprints.ja3s_full(layer.hello)),
                "fingerprint of a server's hello")
    ja3s_full = Made("text", lambda layer: fingerprints.ja3s_full(layer.hello),
                     "what JA3S is the MD5 of")
    ja4 = Made("text", lambda layer: fingerprints.ja4(layer.hello, layer.transport),
               "fingerprint of a client's hello, whatever the order of what it offers")
    ja4_full = Made("text", lambda layer: fingerprints.ja4(layer.hello, layer.transport, True),
                    "JA4 with lists in the place of hashes (JA4_r)")
    alert_level = Made("u8", lambda layer: layer.alert and layer.alert[0],
                       "of an alert in the clear", names=ALERT_LEVELS)
    alert_description = Made("u8", lambda layer: layer.alert and layer.alert[1],
                             "of an alert in the clear", names=ALERTS)

    def clear(self) -> None:
        self.messages = []
        self.hello = None
        self.alert = None

    def summary(self, content: list[int]) -> bytes:
        """One line: types, version, name, protocols, fingerprint; not escaped yet."""
        words = [message.name.replace("_", " ") for message in self.messages]
        words += [RECORD_TYPES.get(kind, str(kind)).replace("_", " ") for kind in content]
        if self.alert is not None:
            words.append(f"{ALERT_LEVELS.get(self.alert[0], self.alert[0])}: "
                         f"{ALERTS.get(self.alert[1], self.alert[1])}".replace("_", " "))
        if self.hello is not None:
            for name in ("version", "server_name", "cipher_suite", "ja4"):
                value = self[name]
                if value:
                    words.append(f"{name} {value}")
            if self["alpn"]:
                words.append(f"alpn {' '.join(self['alpn'])}")
        return ", ".join(words).encode()
