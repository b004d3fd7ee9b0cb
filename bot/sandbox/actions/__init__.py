"""People's actions: administer a guild, run commands, press buttons, fill in forms, and read the answers."""
