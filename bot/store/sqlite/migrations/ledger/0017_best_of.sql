-- An edition chosen from what was posted before: it repeats stories, so its own don't count as told again.
ALTER TABLE edition ADD COLUMN is_best_of INTEGER NOT NULL DEFAULT 0;
