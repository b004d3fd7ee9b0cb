"""Turn text from feeds and web pages into plain text, before it is stored."""
