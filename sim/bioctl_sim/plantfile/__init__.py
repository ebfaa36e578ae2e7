"""Plant files: which units a plant has, how they are piped, and what goes wrong when."""
