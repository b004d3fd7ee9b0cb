"""Files of feeds: feeds.toml, OPML, starter packs, and finding the feed of a page."""
