"""torch.optim.lr_scheduler, in and out."""
