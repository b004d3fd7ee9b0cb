-- What an edition may be chosen from is read along one index, without a look at articles or at other changes: for that a
-- change says whose shelf it is of, and until when it stood.
DROP INDEX change_by_publication;
ALTER TABLE change RENAME TO old_change;

CREATE TABLE change (
    change_id    INTEGER PRIMARY KEY,
    row_id       INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    shelf_id     INTEGER NOT NULL,   -- its article's, which never changes
    seen_at      INTEGER NOT NULL,
    replaced_at  INTEGER,            -- when the article's next change was seen; NULL for its last one
    quality      INTEGER,
    heat         INTEGER,
    listed       INTEGER,
    published_at INTEGER NOT NULL
) STRICT;

CREATE INDEX change_of_article ON change (row_id, seen_at);
CREATE INDEX change_by_publication ON change (published_at, seen_at, replaced_at, shelf_id, row_id);

-- The past is read only where there is one.
CREATE INDEX replaced_by_article ON change (row_id) WHERE replaced_at IS NOT NULL;
CREATE INDEX replaced_by_publication ON change (published_at, seen_at, replaced_at, shelf_id, row_id)
    WHERE replaced_at IS NOT NULL;

-- In the order of articles, which is that of their dates: nothing is sorted for it, in memory or elsewhere.
INSERT INTO change (change_id, row_id, shelf_id, seen_at, replaced_at, quality, heat, listed, published_at)
SELECT c.change_id, c.row_id, a.shelf_id, c.seen_at,
    lead(c.seen_at) OVER (PARTITION BY c.row_id ORDER BY c.seen_at, c.change_id),
    c.quality, c.heat, c.listed, c.published_at
FROM old_change AS c JOIN article AS a ON a.row_id = c.row_id;

DROP TABLE old_change;

-- Nearly always a change is seen after those that are known; of several seen at the same moment the last one told stands.
CREATE TRIGGER change_of_known_article AFTER INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE row_id = new.row_id AND change_id <> new.change_id)
BEGIN
    UPDATE change SET replaced_at = new.seen_at WHERE change_id = (
        SELECT change_id FROM change
        WHERE row_id = new.row_id AND seen_at <= new.seen_at AND change_id <> new.change_id
        ORDER BY seen_at DESC, change_id DESC LIMIT 1
    );
    UPDATE change SET replaced_at = (
        SELECT min(seen_at) FROM change WHERE row_id = new.row_id AND seen_at > new.seen_at
    ) WHERE change_id = new.change_id;
END;
