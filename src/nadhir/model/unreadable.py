"""What goes wrong with bytes that somebody else wrote, or that a crash left."""

import msgspec

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for them: it has no error of its own for text that is no UTF-8, nor for deep nesting."""
