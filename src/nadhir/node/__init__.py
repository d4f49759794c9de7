"""Wires the stages: the only room that knows them all. A replay, and live nodes that share with partners.

Import what is not listed from the module that says it, so that a replay does not load what only a live node needs.

| module | names |
|---|---|
| `replay`, `pipeline` | Replay, Summary, replay_folder; Pipeline: tracker, assessor, alerts |
| `config`, `service` | read_config; Service: a live node with its server, links, sockets |
| `live`, `core`, `journal` | LiveNode: inputs logged, taken, rebuilt; Core: pure; what the log holds |
| `desk`, `heads` | Desk: what is between this nation and one partner; HeadExchange |
| `ingest`, `feed` | Ingest: lines over TCP; feed, Pace |
| `status`, `web`, `hops` | NodeStatus, metrics; serve; Hops |
| `console` | NodeConsole: the node behind its console |
| `own_objects` | OwnObjects: what the shared picture calls what own sensors alone see |
| `publishing`, `publishing_config` | Publisher; read_publishing, make_publisher |
| `nations`, `office` | NationNode, make_nations; open_office: a nation's people |
| `demo`, `reckoning` | run_demo; reckon: an outside reader |
"""

from nadhir.node.replay import Replay, Summary, replay_folder

__all__ = ["Replay", "Summary", "replay_folder"]
