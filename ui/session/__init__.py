"""The state of one visitor: `workbench` (the value), `session` (keeps it), `widgets` (show it), `link` (the
address bar), `undo` (takes back), `presence` (who is still there)."""
