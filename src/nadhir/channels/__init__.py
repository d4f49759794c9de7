"""How a warning reaches people: what is said, in which form, and by which way. Each room has its own public names.

`cap` writes, judges and signs Common Alerting Protocol messages; `text` says a warning in four languages; the rest are
the channels themselves behind one port, none holding up another.
"""
