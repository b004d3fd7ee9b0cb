"""What the bot does, with its ports as arguments: one module or package per feature."""
