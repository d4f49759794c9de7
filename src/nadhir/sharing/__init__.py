"""Sharing between nations: who a partner is, what is released to it, sealed bytes, and the log that proves it."""
