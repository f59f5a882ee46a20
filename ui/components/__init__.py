"""The browser components of LR Lab (Streamlit Custom Components v2): live sliders and the chart that is never remounted."""

from ui.components.chart import ChartResult, chart
from ui.components.live_sliders import LiveValues, SliderSpec, live_sliders

__all__ = ["ChartResult", "LiveValues", "SliderSpec", "chart", "live_sliders"]
