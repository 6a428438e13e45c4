"""Savefiles: pcap and pcapng, read and written. Imports floors 0 to 2."""
