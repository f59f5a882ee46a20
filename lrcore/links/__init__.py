"""An experiment (`experiment`) and a view (`view`) in the words of a link (`words`)."""

from lrcore.links.experiment import LINK_MAX, Params, call_text, from_params, read_call, read_word, to_params
from lrcore.links.view import CurveView, view_from_params
from lrcore.links.words import unknown_words

__all__ = [
    "LINK_MAX",
    "CurveView",
    "Params",
    "call_text",
    "from_params",
    "read_call",
    "read_word",
    "to_params",
    "unknown_words",
    "view_from_params",
]
