"""Let what the tests of this room share say as much as tests do when it fails."""

import pytest

pytest.register_assert_rewrite("trees_described")
