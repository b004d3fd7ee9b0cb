"""The state of a sandbox: accounts, guilds, channels, messages and their ids. No HTTP, no WebSockets, no actions."""
