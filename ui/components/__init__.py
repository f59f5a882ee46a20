"""The browser components of LR Lab (Streamlit Custom Components v2): live sliders, the chart that stays
mounted, a pad to draw on, a button that copies the address."""

from ui.components.chart import ChartDrag, ChartResult, chart
from ui.components.live_sliders import Follows, LiveValues, SliderSpec, live_sliders
from ui.components.series_pad import series_pad

__all__ = [
    "ChartDrag",
    "ChartResult",
    "Follows",
    "LiveValues",
    "SliderSpec",
    "chart",
    "live_sliders",
    "series_pad",
]
