"""The operators' page of a node: HTTP API, event stream, history, accounts, operator log.

| module | names |
|---|---|
| `messages` | what the API says and takes |
| `board` | Board: the picture as it is now, its streams, and what a clearance lets be seen |
| `history` | History: the same as it was at any time, on disk |
| `timeline` | Timeline: what happened in an event, as keys with arguments |
| `accounts`, `sessions` | Accounts, Sessions, Limits: who may come in, and how often they may try |
| `operators` | OperatorLog: who did what |
| `port` | Behind: what the console asks of its node |
| `app`, `guard`, `streams`, `page` | the ASGI application |
| `openapi` | its description: `python -m nadhir.console.openapi` |
"""
