"""Make packets and write them to a savefile: ``write_file.py FILE``."""

import sys
import time

import fyke

FRAME = bytes.fromhex(
    "ffffffffffff" "020000000001" "0806"  # to everybody, from 02:00:00:00:00:01, ARP
    "0001080006040001" "020000000001" "0a000001" "000000000000" "0a000002")

with fyke.write(sys.argv[1], link_type="EN10MB") as file:
    file.add(FRAME, time=time.time_ns())
    file.add(fyke.Packet(FRAME, time=time.time_ns(), wire_length=60))
