"""live: the line that says which capability is missing and which command grants it."""

from __future__ import annotations

import os
import sys


def no_permission(what: str, capability: str = "CAP_NET_RAW", instead: str = "") -> str:
    """One line for a refusal: ``what`` was refused, ``capability`` is missing, what to do."""
    program = os.path.realpath(sys.executable)
    return (f"{what}: no permission to capture: {capability} is missing; run with sudo, or "
            f"grant it: sudo setcap cap_net_raw,cap_net_admin=ep {program}{instead}")
