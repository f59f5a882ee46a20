"""A class of people against the real server: `python -m tests.load`, which `make load` and `make soak` call.

People are raw WebSocket clients that speak Streamlit's protocol, in processes of their own (`clients`); two
more sit at real browsers (`browsers`). `faults` does what one must not do, `watch` looks at the server's
processes and kills some, `report` holds what came out against the goals.
"""
