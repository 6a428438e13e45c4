"""Room anonymous/: captures without identities; the layers' fields say what an address is."""
