-- The interaction that imported a batch, by which the ledger's log names the member; and when it was rolled back.
ALTER TABLE import_record ADD COLUMN interaction_id INTEGER;
ALTER TABLE import_record ADD COLUMN rolled_back_at INTEGER;

-- What an import replaced, to roll it back (bot/store/sqlite/shelves/recording.py); the latest imports of a server.
CREATE TABLE undo (
    undo_id   INTEGER PRIMARY KEY,   -- the later the higher
    import_id TEXT    NOT NULL UNIQUE REFERENCES import_record ON DELETE CASCADE,
    was_empty INTEGER NOT NULL,      -- no seed had ever been put there
    bytes     INTEGER NOT NULL
) STRICT;

-- An article or a stub as it was before; `image` is NULL for one that was not there.
CREATE TABLE undo_article (
    undo_id    INTEGER NOT NULL REFERENCES undo ON DELETE CASCADE,
    article_id TEXT    NOT NULL,
    image      TEXT,
    is_hidden  INTEGER NOT NULL,     -- when the import ended
    PRIMARY KEY (undo_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX undo_by_article ON undo_article (article_id);

-- A provider by its domain, or a topic by its folded label.
CREATE TABLE undo_name (
    undo_id INTEGER NOT NULL REFERENCES undo ON DELETE CASCADE,
    kind    TEXT    NOT NULL CHECK (kind IN ('provider', 'topic')),
    name    TEXT    NOT NULL,
    image   TEXT,
    PRIMARY KEY (undo_id, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE undo_finding (
    undo_id    INTEGER NOT NULL REFERENCES undo ON DELETE CASCADE,
    problem_id INTEGER NOT NULL,
    image      TEXT,
    PRIMARY KEY (undo_id, problem_id)
) STRICT, WITHOUT ROWID;

-- Articles that a rollback removed, the newest: editions drop them while they are not imported again.
CREATE TABLE withdrawn (
    withdrawn_id INTEGER PRIMARY KEY,
    article_id   TEXT NOT NULL UNIQUE
) STRICT;

-- What members did to these articles, until the ledger's log has it; kept for a while, as it is small.
CREATE TABLE deed (
    interaction_id INTEGER PRIMARY KEY,
    subject        TEXT NOT NULL,
    detail         TEXT NOT NULL
) STRICT;
