"""Common Alerting Protocol 1.2 (OASIS): messages as typed structs, the rules that make one valid, polygons, signatures.

`model` holds the messages, `elements` what the standard says of each XML element, `xml` the safe way in, `codec`
both directions, `rules` the content rules, `check` the judge of any file, `polygons` areas within the limits of
cell broadcast, `compose` a warning as a CAP message, `signing` XML signatures against pinned certificates.
"""
