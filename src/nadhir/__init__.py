"""Nadhir: open, real-time shared early warning. It warns and shares; it never aims. Not an official warning."""

import os

from nadhir._compiled import name_cache

__version__ = "0.1.0"

name_cache()
# Our matrices are small: a second thread of the linear algebra only spins, and sums in another order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
