"""What is known of each library: the calls it is read by, and how a plan is written for it."""
