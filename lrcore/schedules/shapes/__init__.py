"""What several families of schedules share."""
