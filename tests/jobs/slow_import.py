"""A trainer whose import takes for ever, as torch's may seem to on a cold disk. Only in the helper: pytest
imports this too."""

import os
import sys
import time
from pathlib import Path

if any("slow_import" in argument for argument in sys.argv):
    Path(os.environ["LRLAB_TEST_IMPORTING"]).touch()
    time.sleep(3600)
