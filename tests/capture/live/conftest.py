"""The frames of the decoder's tests are those of the kernel filter's, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "decode"))
