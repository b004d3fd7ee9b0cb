"""Newsdesk: a folder of article files becomes a newsroom for a Discord community."""

import os
from typing import Final

__version__ = "0.1.0"

# numpy's matrices here are small: a second thread, which waits for its share by spinning, more than doubled the
# processor time of related coverage (7 ms to 18 ms). It is read when numpy is first imported, by a module below.
ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
for _name in ONE_THREAD:
    os.environ.setdefault(_name, "1")
