-- A server's stories hold articles of two files, its own and the instance's: so they name articles by id, and whether an
-- article reads otherwise than when it was grouped is seen from a number of its own.
ALTER TABLE article ADD COLUMN touched INTEGER NOT NULL DEFAULT 0;   -- one more at each change of what it says

-- The number of the next new word: no number is used again, also if its word is gone.
ALTER TABLE text_total ADD COLUMN next_word INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER story_of_changed_article;
DROP TRIGGER story_without_articles;
ALTER TABLE story_article RENAME TO old_story_article;

CREATE TABLE story_article (
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    article_id TEXT    NOT NULL,
    story_key  INTEGER NOT NULL REFERENCES story ON DELETE CASCADE,
    standing   INTEGER NOT NULL CHECK (standing IN (0, 1, 2)),   -- joined for now; grouped; grouped with all near it
    touched    INTEGER NOT NULL,                                 -- the article's then
    PRIMARY KEY (shelf_id, article_id)
) STRICT, WITHOUT ROWID;

INSERT INTO story_article (shelf_id, article_id, story_key, standing, touched)
SELECT s.shelf_id, a.article_id, s.story_key, s.standing, 0 FROM old_story_article AS s JOIN article AS a USING (row_id);

DROP TABLE old_story_article;

CREATE INDEX story_article_by_story ON story_article (story_key);
CREATE INDEX story_article_by_article ON story_article (article_id);

-- A story goes with the last of its articles; those of another file are passed over once they are gone.
CREATE TRIGGER story_of_deleted_article AFTER DELETE ON article
BEGIN
    DELETE FROM story_article WHERE article_id = old.article_id;
END;

CREATE TRIGGER story_without_articles AFTER DELETE ON story_article
WHEN NOT EXISTS (SELECT 1 FROM story_article WHERE story_key = old.story_key)
BEGIN
    DELETE FROM story WHERE story_key = old.story_key;
END;

-- An article that reads otherwise than before is looked at again.
CREATE TRIGGER article_touched AFTER UPDATE OF title, excerpt, url, aliases, published_at, is_hidden ON article
WHEN (old.title, old.excerpt, old.url, old.aliases, old.published_at, old.is_hidden)
    IS NOT (new.title, new.excerpt, new.url, new.aliases, new.published_at, new.is_hidden)
BEGIN
    UPDATE article SET touched = old.touched + 1 WHERE row_id = new.row_id;
END;
