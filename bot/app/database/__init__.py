"""The database of the running bot: opened at the start, and watched while it is open."""
