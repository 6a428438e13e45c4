"""Classic BPF: instructions, listing, assembler, checker, machine, program. Imports floor 0 only."""
