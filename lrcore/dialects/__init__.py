"""Dialects: a pasted call of torch, transformers, keras, optax, timm or a hand-written rule becomes a plan,
and back.

In: `paste` (a whole text), `from_code` (one snippet), `script` (a training script), over `reading`. Out:
`to_code`, over `writing`.

A dialect is one folder in `libraries`, found by `dialect`, with `read.READERS` (the calls it knows, by the
library's own signatures) and `write.write(plan)`. Nothing that is pasted is run: it is parsed with `ast` and
read statement by statement. The libraries themselves are never imported.
"""

from lrcore.dialects.dialect import DIALECTS, Dialect
from lrcore.dialects.from_code import CODE_MAX, plan_from_code, plans_from_code
from lrcore.dialects.to_code import HEADER, plan_to_code

__all__ = [
    "CODE_MAX",
    "DIALECTS",
    "HEADER",
    "Dialect",
    "plan_from_code",
    "plan_to_code",
    "plans_from_code",
]
