"""Print what an extra of pyproject.toml asks for, one a line: for pip's -r."""

import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["project"]["optional-dependencies"][sys.argv[1]], sep="\n")
