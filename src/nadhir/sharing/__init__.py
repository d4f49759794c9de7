"""Sharing between nations: who a partner is, what is released to it, sealed bytes, and the log that proves it.

Import from the module that says it; the packages behind one are not loaded for another.

| module | names |
|---|---|
| `keys` | NodeKey, TrustedKey, Trusted, key_id, fingerprint |
| `identity`, `partners`, `certificates` | Identity; Card, Partner, propose, trusted_keys; check_authority |
| `release`, `floor`, `decisions` | Releases, Ruling; Recipient; Decision, DecisionFile |
| `envelope`, `arrival` | seal, open_envelope, Refused; LiveWindow |
| `link` | the way of sealed releases to a partner and back |
| `log`, `heads`, `merkle` | Log, read_log, log_name; TreeHead, sign_head, open_head, check_head; Frontier |
| `audit`, `view` | verify_logs, Report, Finding; View |
"""
