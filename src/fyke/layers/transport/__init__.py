"""Protocols of the transport room: which table entry leads to which file."""
