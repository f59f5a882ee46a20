"""What stands between a visitor and everything that the server answers: `middleware`, the parts in order."""
