"""Let the tests of this room import the tree, the questions and both paths without any package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
