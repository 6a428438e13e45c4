"""The packets of the layers' tests are captures here, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "layers"))
