-- Stories under ids that stay (bot/store/sqlite/search/stories.py), once for each shelf whose readers see something of their own:
-- the instance's, and a server's once it holds articles.
CREATE TABLE story (
    story_key  INTEGER PRIMARY KEY,   -- the older the lower
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    story_id   TEXT    NOT NULL,
    last_at    INTEGER NOT NULL,      -- its newest report's publication
    grouped_at INTEGER NOT NULL,
    UNIQUE (shelf_id, story_id)
) STRICT;

-- Ids are made of an article's and pluses.
CREATE INDEX story_by_origin ON story (rtrim(story_id, '+'));
CREATE INDEX story_by_age ON story (last_at);

-- Ids of stories that went into another.
CREATE TABLE story_alias (
    shelf_id  INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    alias     TEXT    NOT NULL,
    story_key INTEGER NOT NULL REFERENCES story ON DELETE CASCADE,
    place     INTEGER NOT NULL,
    PRIMARY KEY (shelf_id, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_alias_by_story ON story_alias (story_key, place);
CREATE INDEX story_alias_by_origin ON story_alias (rtrim(alias, '+'));

CREATE TABLE story_article (
    shelf_id  INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    row_id    INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    story_key INTEGER NOT NULL REFERENCES story ON DELETE CASCADE,
    standing  INTEGER NOT NULL CHECK (standing IN (0, 1, 2)),   -- joined for now; grouped; grouped with all near it
    PRIMARY KEY (shelf_id, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_article_by_story ON story_article (story_key);
CREATE INDEX story_article_by_article ON story_article (row_id);

-- A story goes with the last of its articles.
CREATE TRIGGER story_without_articles AFTER DELETE ON story_article
WHEN NOT EXISTS (SELECT 1 FROM story_article WHERE story_key = old.story_key)
BEGIN
    DELETE FROM story WHERE story_key = old.story_key;
END;

-- What reads otherwise than it did is looked at again.
CREATE TRIGGER story_of_changed_article AFTER UPDATE OF title, excerpt, url, aliases, published_at, is_hidden ON article
WHEN (old.title, old.excerpt, old.url, old.aliases, old.published_at, old.is_hidden)
    IS NOT (new.title, new.excerpt, new.url, new.aliases, new.published_at, new.is_hidden)
BEGIN
    UPDATE story_article SET standing = 0 WHERE row_id = new.row_id;
END;

-- The story that a pick told.
ALTER TABLE pick ADD COLUMN story_id TEXT;
CREATE INDEX pick_by_story ON pick (story_id) WHERE story_id IS NOT NULL;
