"""What the tests of files have made serves here, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "files"))
