"""Discord: what a member types or presses becomes a use case's call, and its answer a message."""
