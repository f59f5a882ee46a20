"""What a run says, and what it means."""
