"""Print COUNT packets of an interface: ``live_capture.py INTERFACE COUNT [EXPRESSION]``."""

import sys

import fyke

interface, count = sys.argv[1], int(sys.argv[2])
with fyke.capture(interface, filter=" ".join(sys.argv[3:])) as tap:
    print(f"listening on {interface}", file=sys.stderr, flush=True)
    for number, packet in enumerate(tap, 1):
        print(packet, flush=True)
        if number == count:
            break
    print(tap.statistics, file=sys.stderr)
