"""Expressions of a rate. One of each kind: `rate`, and from it `latex` over `simplify` and `cases`. One typed
by a person: `language` over `operations`, `schedule` (the kind `Formula`), `plain` (its export)."""
