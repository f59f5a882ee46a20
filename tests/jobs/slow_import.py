"""A trainer whose import takes as long as one likes, as torch's may on a cold disk. Only in the helper: pytest imports this too."""

import sys
import time

if any("slow_import" in argument for argument in sys.argv):
    time.sleep(3600)
