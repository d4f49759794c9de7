"""Who must be told what, and when: decision rules, the life of each warning, and the people in charge of it.

`Alerts` takes products and ticks and gives decisions: a warning product with the numbers behind it.
"""

from nadhir.alerts.alerts import Alerts, Decision
from nadhir.alerts.rules import Rules, RulesError, default_rules, read_rules

__all__ = ["Alerts", "Decision", "Rules", "RulesError", "default_rules", "read_rules"]
