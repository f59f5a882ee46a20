"""Values that no widget of a page can send: they change nothing, and no callback breaks over them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

from tests.served import Served

# Of the kind that the widget sends: another kind is refused by Streamlit, before any code of ours.
FORGED = {
    "selectbox": {"string_value": "forged"},
    "checkbox": {"bool_value": True},
    "button": {"trigger_value": True},
    "number_input": {"double_value": 1e300},
    "text_input": {"string_value": "forged"},
    "text_area": {"string_value": "forged(" * 99},
    "bidi_component": {
        "json_value": '{"event": {"values": {"gamma": [1], "": null, "steps": {}}, "dragging": "x"}}'
    },
    "arrow_data_frame": {
        "string_value": '{"edited_rows": {"99": {"lr": 1}, "0": {"y": []}}, "added_rows": [{}],'
        ' "deleted_rows": [99, -1]}'
    },
}


def widgets(messages: list[ForwardMsg]) -> Iterator[tuple[str, str]]:
    """(kind, id) of every widget that was drawn."""
    for message in messages:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind) if kind else None
        if name := getattr(drawn, "id", ""):
            yield kind, name


def run(socket: ClientConnection, page: str, *states: WidgetState) -> list[ForwardMsg]:
    """Run the script with these widgets' values; what it sends."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.widget_states.widgets.extend(states)
    socket.send(message.SerializeToString())
    received: list[ForwardMsg] = []
    while not received or received[-1].WhichOneof("type") != "script_finished":
        data = socket.recv(timeout=60)
        assert isinstance(data, bytes)
        received.append(ForwardMsg.FromString(data))
    return received


@pytest.mark.parametrize("page", ["", "curves"])
def test_forged_values_break_nothing(app: Served, address: str, page: str) -> None:
    with app.socket("/_stcore/stream", address) as socket:
        drawn = list(widgets(run(socket, page)))
        assert {"selectbox", "bidi_component", "button"} <= {kind for kind, _ in drawn}
        for forged, values in FORGED.items():
            run(socket, page, *(WidgetState(id=name, **values) for kind, name in drawn if kind == forged))
        # All at once: some of what is pressed belongs to a card that another press has just removed.
        run(socket, page, *(WidgetState(id=name, **FORGED[kind]) for kind, name in drawn if kind in FORGED))
        # One press asks for another run, whose messages come before those of a later question.
        later = (len(list(widgets(run(socket, page)))) for _ in range(5))
        assert any(count > len(drawn) // 2 for count in later), "the page is still drawn"
