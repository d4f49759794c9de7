"""The bus: publish and subscribe; in memory, or on a nation's own nats-server.

`Bus` is the port, with `MemoryBus` and `NatsBus` as its forms. `NationServer` starts and watches the server.
"""

from nadhir.bus.memory import MemoryBus
from nadhir.bus.nats import Credentials, NatsBus
from nadhir.bus.port import (
    Bus,
    BusDownError,
    BusError,
    Handler,
    Message,
    Subscription,
    matches,
)
from nadhir.bus.program import ProgramError, find_program
from nadhir.bus.server import NationServer, Reset
from nadhir.bus.server_config import Address, PartnerLink, Quotas, ServerSettings

__all__ = [
    "Address",
    "Bus",
    "BusDownError",
    "BusError",
    "Credentials",
    "Handler",
    "MemoryBus",
    "Message",
    "NationServer",
    "NatsBus",
    "PartnerLink",
    "ProgramError",
    "Quotas",
    "Reset",
    "ServerSettings",
    "Subscription",
    "find_program",
    "matches",
]
