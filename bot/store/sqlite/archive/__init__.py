"""The archive's tables: articles, stubs, aliases, providers, topics, import log."""
