"""timm.scheduler, in and out."""
