"""``python -m fyke``."""

from fyke.cli.main import command

if __name__ == "__main__":
    command()
