"""What convex theory says of a schedule: `terms` (the bound of a plan over a run), `grouped` (its sums over
long runs), `cooldown` (against the length of the cooldown), `continuing` (ways to go on with a run), `told`
(these in words)."""
