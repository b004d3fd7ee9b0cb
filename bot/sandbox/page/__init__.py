"""The web page: a view of the sandbox as one of its members sees it, and that member's actions."""
