"""Who must be told what, and when: decision rules, the life of each warning, and the people in charge of it.

`Alerts` takes products and ticks and gives decisions: a warning product with the numbers behind it.
"""

from nadhir.alerts.alerts import Alerts
from nadhir.alerts.explain import Decision, Explanation
from nadhir.alerts.rules import Rules, RulesError, default_rules, read_rules

__all__ = ["Alerts", "Decision", "Explanation", "Rules", "RulesError", "default_rules", "read_rules"]
