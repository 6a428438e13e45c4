"""Protocols: one file each, found by table. Imports floor 0 (wire, errors) and its own base only."""
