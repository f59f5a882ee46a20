"""A plan as a card of controls: `fields` (what it shows, as values), `editor` (draws it), `actions`
(callbacks)."""
