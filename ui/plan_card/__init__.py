"""A plan as a card of controls."""
