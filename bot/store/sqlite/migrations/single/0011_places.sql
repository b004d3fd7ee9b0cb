-- An article is known by the place of its seed file (bot/news/identity.py), so that two folders may have files of one
-- name. `place_key` is the real path in NFC, `file_path` the path as the disk
-- spells it where that differs.
ALTER TABLE article ADD COLUMN place_key TEXT;
ALTER TABLE article ADD COLUMN file_path TEXT;

-- A file that was imported and left unchanged has its article's hash. A path that is not ASCII may be spelt in two ways,
-- which SQL can't normalise: its article gets its place when the file is read again.
CREATE INDEX mark_by_hash ON file_mark (content_hash);
UPDATE article SET place_key = (
    SELECT min(m.folder || '/' || m.path) FROM file_mark AS m
    WHERE m.content_hash = article.content_hash AND m.path NOT GLOB '*[^ -~]*'
) WHERE is_stub = 0 AND content_hash <> '';
DROP INDEX mark_by_hash;

CREATE INDEX article_by_place ON article (shelf_id, place_key) WHERE place_key IS NOT NULL;

-- Names that an article's file had before it was renamed: they go on answering.
CREATE TABLE former_stem (
    shelf_id INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    stem     TEXT    NOT NULL,
    row_id   INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (shelf_id, stem, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_stem_by_article ON former_stem (row_id);

-- A deleted article is known by its links and, at its place, by its title. Both are NULL for those deleted before.
ALTER TABLE tombstone ADD COLUMN place_key TEXT;
ALTER TABLE tombstone ADD COLUMN title TEXT;
