-- Articles, how they are found, and what is known of the files that they came from.
-- Moments are whole microseconds since 1970 in UTC. Lists (URLs, topics, pictures) are JSON.

CREATE TABLE shelf (
    shelf_id      INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    has_held_seed INTEGER NOT NULL DEFAULT 0,
    revision      INTEGER NOT NULL DEFAULT 0   -- one more at each change: tallies made before are out of date
) STRICT;

-- Names and labels are a shelf's own: one server's upload must not rename another's provider.
CREATE TABLE provider (
    provider_id INTEGER PRIMARY KEY,
    shelf_id    INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    domain      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    named_at    INTEGER NOT NULL,   -- when the article was published that gave the name: the newest wins
    picture_url TEXT,
    pictured_at INTEGER,
    UNIQUE (shelf_id, domain)
) STRICT;

CREATE TABLE topic (
    topic_id INTEGER PRIMARY KEY,
    shelf_id INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    folded   TEXT    NOT NULL,
    label    TEXT    NOT NULL,
    named_at INTEGER NOT NULL,
    UNIQUE (shelf_id, folded)
) STRICT;

-- Full articles and stubs. `row_id` is in the order of publication (bot/store/sqlite/index/row_ids.py), so that "newest
-- first" is the text index's own order; where the date changes, it changes with it.
CREATE TABLE article (
    row_id        INTEGER PRIMARY KEY,
    article_id    TEXT    NOT NULL UNIQUE,
    shelf_id      INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    stem          TEXT    NOT NULL,
    is_stub       INTEGER NOT NULL,
    is_hidden     INTEGER NOT NULL DEFAULT 0,
    is_kept_out   INTEGER NOT NULL DEFAULT 0,   -- a stub of a deleted article
    -- The full article that a stub turned out to be. Its row stays, so that its id and its edges go on answering.
    stands_for    INTEGER REFERENCES article ON DELETE SET NULL ON UPDATE CASCADE,
    provider_id   INTEGER NOT NULL REFERENCES provider,
    published_at  INTEGER NOT NULL,
    first_seen_at INTEGER,
    quality       INTEGER,
    heat          INTEGER,
    listed        INTEGER,
    score         INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    category      TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    excerpt       TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    aliases       TEXT    NOT NULL,
    topics        TEXT    NOT NULL,
    pictures      TEXT    NOT NULL,
    content_hash  TEXT    NOT NULL,
    text_bytes    INTEGER NOT NULL,   -- of a seed, the stubs that it names included; 0 for a stub
    -- Whose words a stub's are: of several seeds that name it, those of the one published last.
    said_by       TEXT,
    said_at       INTEGER,
    CHECK (is_stub OR (stands_for IS NULL AND NOT is_kept_out AND first_seen_at IS NOT NULL))
) STRICT;

CREATE INDEX article_newest ON article (shelf_id, published_at DESC, article_id) WHERE is_stub = 0 AND is_hidden = 0;
CREATE INDEX article_best ON article (shelf_id, score DESC, published_at DESC, article_id)
    WHERE is_stub = 0 AND is_hidden = 0;
CREATE INDEX article_by_provider ON article (provider_id, is_stub, is_hidden, row_id);
CREATE INDEX article_by_stem ON article (shelf_id, stem, text_bytes, is_stub) WHERE is_stub = 0;
CREATE INDEX stub_by_article ON article (stands_for) WHERE stands_for IS NOT NULL;

-- A URL's key (bot/text/links.py) as a 64-bit hash: a seventh of its size, and there are three an article. URLs that an
-- article had once go on answering, after those who have them now.
CREATE TABLE alias (
    url_hash   INTEGER NOT NULL,
    row_id     INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    is_current INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (url_hash, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_by_article ON alias (row_id);

-- Full articles that are shown, by topic: an index to read newest first and to count.
CREATE TABLE article_topic (
    topic_id INTEGER NOT NULL REFERENCES topic ON DELETE CASCADE,
    row_id   INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (topic_id, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_topic_by_article ON article_topic (row_id);

-- What a seed's `related:` list names, in its order; always the stub's row, also where it stands for an article.
CREATE TABLE coverage (
    from_row INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    place    INTEGER NOT NULL,
    to_row   INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    weight   REAL    NOT NULL DEFAULT 1.0,
    PRIMARY KEY (from_row, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX coverage_by_named ON coverage (to_row);

-- Coverage as it reads: stubs that turned out to be full articles are these, and nobody covers themselves.
CREATE VIEW tie AS
    SELECT c.from_row, c.place, ifnull(s.stands_for, s.row_id) AS to_row, c.weight
    FROM coverage AS c JOIN article AS s ON s.row_id = c.to_row
    WHERE ifnull(s.stands_for, s.row_id) <> c.from_row;

CREATE TABLE change (
    change_id    INTEGER PRIMARY KEY,
    row_id       INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    seen_at      INTEGER NOT NULL,
    quality      INTEGER,
    heat         INTEGER,
    listed       INTEGER,
    published_at INTEGER NOT NULL
) STRICT;

CREATE INDEX change_by_article ON change (row_id, seen_at);
CREATE INDEX change_by_publication ON change (published_at, row_id);

-- Deleted articles: their files, and stubs of their URLs, don't bring them back.
CREATE TABLE tombstone (
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    article_id TEXT    NOT NULL,
    PRIMARY KEY (shelf_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone_url (
    shelf_id INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    url_hash INTEGER NOT NULL,
    PRIMARY KEY (shelf_id, url_hash)
) STRICT, WITHOUT ROWID;

-- Stems (bot/text/words.py) of every article and stub, made by us and parted by spaces: the tokenizer has nothing left
-- to decide, so that a word counts here as everywhere else.
CREATE VIRTUAL TABLE article_text USING fts5 (title, excerpt, tokenize = 'ascii');
CREATE VIRTUAL TABLE article_vocabulary USING fts5vocab (article_text, row);

-- Words as they are written (folded) of full articles' titles: for completion and spelling.
CREATE VIRTUAL TABLE title_text USING fts5 (title, tokenize = 'ascii', detail = none, prefix = '1 2 3');
CREATE VIRTUAL TABLE title_vocabulary USING fts5vocab (title_text, row);

-- How the words of both were made; when the program makes them otherwise, they are made anew.
CREATE TABLE text_index (
    made_by TEXT NOT NULL
) STRICT;

CREATE TABLE file_mark (
    folder       TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    mtime_ns     INTEGER NOT NULL,
    content_hash TEXT    NOT NULL,
    PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem (
    problem_id INTEGER PRIMARY KEY,
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    origin     TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    line       INTEGER,
    field      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    cure       TEXT    NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX problem_by_path ON problem (shelf_id, path, origin);

CREATE TABLE import_record (
    import_id  TEXT    PRIMARY KEY,
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    member_id  INTEGER,
    origin     TEXT    NOT NULL,
    added      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    unchanged  INTEGER NOT NULL,
    rejected   INTEGER NOT NULL
) STRICT;

CREATE INDEX import_record_by_moment ON import_record (shelf_id, at);

-- A search as it stood when it was asked.
CREATE TABLE view (
    view_id    TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    value      TEXT    NOT NULL
) STRICT;

CREATE INDEX view_by_expiry ON view (expires_at);
