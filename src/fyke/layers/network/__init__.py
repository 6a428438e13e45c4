"""Protocols of the network room: which table entry leads to which file."""
