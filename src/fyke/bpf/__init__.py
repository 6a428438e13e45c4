"""Floor 2: classic BPF, knowing no filter language and no socket. Imports floor 0 only."""
