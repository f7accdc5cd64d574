"""Let the tests import the tree, which the script that asks ROOT imports too, without any package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
