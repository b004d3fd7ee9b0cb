"""Read the archive: search, lists, autocomplete, similar articles, coverage, stories."""
