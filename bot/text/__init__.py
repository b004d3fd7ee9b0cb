"""Text as words and numbers: normalization, tokens, links, BM25 ranking, similarity. Pure functions; numpy allowed."""
