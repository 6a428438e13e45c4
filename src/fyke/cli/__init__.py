"""Commands: one file each. May import everything."""
