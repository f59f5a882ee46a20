"""A trainer whose import takes as long as one likes, as torch's may on a cold disk."""

import time

time.sleep(3600)
