"""Protocols of the routing room: which table entry leads to which file."""
