"""Benches: how fast a part of Nadhir is, and how exact, beside a baseline on the same data in the same run.

`draw_scene` and `write_scene` make the detections, `bench_tracker` runs the contestants on them, each in a process of
its own. `bench_fusion` measures impacts from owners' tracks together beside those from all detections.
"""
