"""Read a savefile with a filter and look into its packets: ``read_file.py FILE [EXPRESSION]``."""

import sys

import fyke

with fyke.read(sys.argv[1], filter=" ".join(sys.argv[2:])) as packets:
    for number, packet in enumerate(packets, 1):
        print(packet)
        if fyke.Tcp in packet:
            tcp = packet[fyke.Tcp]
            print(f"  {number}: a TCP segment from port {tcp.src_port} to port {tcp.dst_port}")
