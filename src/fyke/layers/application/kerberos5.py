"""Kerberos 5 messages (RFC 4120 §5): who asks whom for what. Tickets and keys are encrypted."""

from __future__ import annotations

from fyke.hints import NamedTuple
from fyke.layers.application.ber import (
    APPLICATION,
    CONTEXT,
    BerError,
    Element,
    content,
    elements,
    read_element,
)
from fyke.layers.cursor import MOST
from fyke.wire import Record

TYPES = {
    1: "ticket", 2: "authenticator", 3: "enc_ticket_part", 10: "as_req", 11: "as_rep",
    12: "tgs_req", 13: "tgs_rep", 14: "ap_req", 15: "ap_rep", 20: "krb_safe", 21: "krb_priv",
    22: "krb_cred", 25: "enc_as_rep_part", 26: "enc_tgs_rep_part", 27: "enc_ap_rep_part",
    28: "enc_krb_priv_part", 29: "enc_krb_cred_part", 30: "krb_error",
}
Names = tuple[str | None, str | None, str | None]
REQUESTS, REPLIES, AP_REQ, ERROR = (10, 12), (11, 13), 14, 30
ERRORS = {
    0: "KDC_ERR_NONE", 1: "KDC_ERR_NAME_EXP", 2: "KDC_ERR_SERVICE_EXP", 3: "KDC_ERR_BAD_PVNO",
    6: "KDC_ERR_C_PRINCIPAL_UNKNOWN", 7: "KDC_ERR_S_PRINCIPAL_UNKNOWN",
    8: "KDC_ERR_PRINCIPAL_NOT_UNIQUE", 9: "KDC_ERR_NULL_KEY", 10: "KDC_ERR_CANNOT_POSTDATE",
    11: "KDC_ERR_NEVER_VALID", 12: "KDC_ERR_POLICY", 13: "KDC_ERR_BADOPTION",
    14: "KDC_ERR_ETYPE_NOSUPP", 15: "KDC_ERR_SUMTYPE_NOSUPP", 16: "KDC_ERR_PADATA_TYPE_NOSUPP",
    17: "KDC_ERR_TRTYPE_NOSUPP", 18: "KDC_ERR_CLIENT_REVOKED", 19: "KDC_ERR_SERVICE_REVOKED",
    20: "KDC_ERR_TGT_REVOKED", 21: "KDC_ERR_CLIENT_NOTYET", 22: "KDC_ERR_SERVICE_NOTYET",
    23: "KDC_ERR_KEY_EXPIRED", 24: "KDC_ERR_PREAUTH_FAILED", 25: "KDC_ERR_PREAUTH_REQUIRED",
    26: "KDC_ERR_SERVER_NOMATCH", 27: "KDC_ERR_MUST_USE_USER2USER", 28: "KDC_ERR_PATH_NOT_ACCEPTED",
    29: "KDC_ERR_SVC_UNAVAILABLE", 31: "KRB_AP_ERR_BAD_INTEGRITY", 32: "KRB_AP_ERR_TKT_EXPIRED",
    33: "KRB_AP_ERR_TKT_NYV", 34: "KRB_AP_ERR_REPEAT", 35: "KRB_AP_ERR_NOT_US",
    36: "KRB_AP_ERR_BADMATCH", 37: "KRB_AP_ERR_SKEW", 38: "KRB_AP_ERR_BADADDR",
    39: "KRB_AP_ERR_BADVERSION", 40: "KRB_AP_ERR_MSG_TYPE", 41: "KRB_AP_ERR_MODIFIED",
    42: "KRB_AP_ERR_BADORDER", 44: "KRB_AP_ERR_BADKEYVER", 45: "KRB_AP_ERR_NOKEY",
    46: "KRB_AP_ERR_MUT_FAIL", 47: "KRB_AP_ERR_BADDIRECTION", 48: "KRB_AP_ERR_METHOD",
    49: "KRB_AP_ERR_BADSEQ", 50: "KRB_AP_ERR_INAPP_CKSUM", 51: "KRB_AP_PATH_NOT_ACCEPTED",
    52: "KRB_ERR_RESPONSE_TOO_BIG", 60: "KRB_ERR_GENERIC", 61: "KRB_ERR_FIELD_TOOLONG",
    62: "KDC_ERROR_CLIENT_NOT_TRUSTED", 68: "KDC_ERR_WRONG_REALM",
}
BODY, TICKET = 4, 3  # context tags of a request's body, of an application request's ticket
ETYPES = 8  # … in it
#: Context tags of realm, client and server in a request's body, a reply, an error, a ticket.
IN_BODY, IN_REPLY, IN_ERROR, IN_TICKET = (2, 1, 3), (3, 4, -1), (9, 8, 10), (1, -1, 2)


class Message(NamedTuple):
    """What is in the clear; None where a message has no such thing."""

    type: int
    realm: str | None
    client: str | None  #: name, its parts with slashes
    server: str | None
    error: int | None
    etypes: list[int] | None  #: encryption types that a client offers


def read_message(pkt: Record, at: int, stop: int) -> Message:
    """The message at ``at``. Raises BerError for none, Truncated where the capture ends."""
    whole = read_element(pkt, at, stop - at)
    if whole.tag_class != APPLICATION or whole.number not in TYPES or not whole.constructed:
        raise BerError(b"no message")
    parts = tagged(pkt, inside(pkt, whole))
    kind = whole.number
    if kind in REQUESTS:
        body = parts.get(BODY)
        inner = {} if body is None else tagged(pkt, inside(pkt, body))
        return Message(kind, *names(pkt, inner, IN_BODY), None, numbers(pkt, inner))
    if kind in REPLIES:
        return Message(kind, *names(pkt, parts, IN_REPLY), None, None)
    if kind == AP_REQ and TICKET in parts:
        ticket = inside(pkt, parts[TICKET])
        return Message(kind, *names(pkt, tagged(pkt, inside(pkt, ticket)), IN_TICKET), None, None)
    if kind == ERROR:
        code = parts.get(6)
        return Message(kind, *names(pkt, parts, IN_ERROR),
                       None if code is None else number(pkt, inside(pkt, code)), None)
    return Message(kind, None, None, None, None, None)


def inside(pkt: Record, element: Element) -> Element:
    """The element that one holds."""
    return read_element(pkt, element.off, element.length)


def tagged(pkt: Record, sequence: Element) -> dict[int, Element]:
    """A sequence's parts by their context tags."""
    return {one.number: one for one in
            elements(pkt, sequence.off, sequence.off + sequence.length, 32)
            if one.tag_class == CONTEXT}


def names(pkt: Record, parts: dict[int, Element], places: tuple[int, int, int]) -> Names:
    """Realm, client and server."""
    realm, client, server = (parts.get(place) for place in places)
    return (None if realm is None else text(pkt, inside(pkt, realm)),
            None if client is None else principal(pkt, inside(pkt, client)),
            None if server is None else principal(pkt, inside(pkt, server)))


def principal(pkt: Record, name: Element) -> str | None:
    """A principal's name (RFC 4120 §5.2.2), its parts with slashes."""
    strings = tagged(pkt, name).get(1)
    if strings is None:
        return None
    listed = inside(pkt, strings)
    return "/".join(text(pkt, one) for one in
                    elements(pkt, listed.off, listed.off + listed.length, 32))


def numbers(pkt: Record, body: dict[int, Element]) -> list[int] | None:
    found = body.get(ETYPES)
    if found is None:
        return None
    listed = inside(pkt, found)
    return [number(pkt, one) for one in
            elements(pkt, listed.off, listed.off + listed.length, MOST)]


def number(pkt: Record, element: Element) -> int:
    return int.from_bytes(content(pkt, element)[:8], "big", signed=True)


def text(pkt: Record, element: Element) -> str:
    return content(pkt, element).decode("utf-8", "backslashreplace")
