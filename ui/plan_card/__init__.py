"""A plan as a card of controls: `fields` (what it shows, as values), `editor` and `typed_fields` (draw it),
`actions` (callbacks)."""
