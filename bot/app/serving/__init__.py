"""What the running bot serves over HTTP: its status, and the interactions that arrive there."""
