"""Protocols: one file each, found by table. Imports floor 0 and its own base only."""
