"""Ranking of search results: by words, by feedback of the best, and by dates."""
