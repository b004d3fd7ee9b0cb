-- Articles, how they are found, the stories that they form, and what is known of the files that they came from.
-- Moments are whole microseconds since 1970 in UTC. Lists (URLs, topics, pictures) are JSON.

CREATE TABLE shelf (
    shelf_id      INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    has_held_seed INTEGER NOT NULL DEFAULT 0,
    revision      INTEGER NOT NULL DEFAULT 0   -- one more at each change: tallies counted before are out of date
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
    -- An article is known by the place of its seed file (bot/news/identity.py): the real path in NFC, and the path as
    -- the disk spells it where that differs.
    place_key     TEXT,
    file_path     TEXT,
    CHECK (is_stub OR (stands_for IS NULL AND NOT is_kept_out AND first_seen_at IS NOT NULL))
) STRICT;

CREATE INDEX article_newest ON article (shelf_id, published_at DESC, article_id) WHERE is_stub = 0 AND is_hidden = 0;
CREATE INDEX article_best ON article (shelf_id, score DESC, published_at DESC, article_id)
    WHERE is_stub = 0 AND is_hidden = 0;
CREATE INDEX article_by_provider ON article (provider_id, is_stub, is_hidden, row_id);
CREATE INDEX article_by_stem ON article (shelf_id, stem, text_bytes, is_stub) WHERE is_stub = 0;
CREATE INDEX article_by_place ON article (shelf_id, place_key) WHERE place_key IS NOT NULL;
CREATE INDEX stub_by_article ON article (stands_for) WHERE stands_for IS NOT NULL;

-- What a search asks of each article that holds its words, without reading the whole article for it.
CREATE INDEX article_to_find ON article (row_id, shelf_id, is_stub, provider_id, quality, published_at, score)
    WHERE is_hidden = 0 AND is_kept_out = 0 AND stands_for IS NULL;

-- Names that an article's file had before it was renamed: they go on answering.
CREATE TABLE former_stem (
    shelf_id INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    stem     TEXT    NOT NULL,
    row_id   INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (shelf_id, stem, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_stem_by_article ON former_stem (row_id);

-- A URL's key (bot/text/links.py) as a 64-bit hash: a seventh of its size, and there are three an article. URLs that an
-- article had once go on answering, after those who have them now.
CREATE TABLE alias (
    url_hash   INTEGER NOT NULL,
    row_id     INTEGER NOT NULL REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    is_current INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (url_hash, row_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_by_article ON alias (row_id);

-- Articles of an earlier version whose URLs get the hashes of their pages when the file is opened next
-- (bot/store/sqlite/archive/aliases.py).
CREATE TABLE unhashed (
    row_id INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

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

-- What an edition may be chosen from is read along one index, without a look at articles or at other changes: so a
-- change has its article's shelf, and until when it was the last one.
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

-- Nearly always a change is seen after those that are known; of several seen at the same moment the last one counts.
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

-- Deleted articles, known by their links and, at their place, by their title: their files, and stubs of their URLs,
-- don't bring them back. Place and title are NULL for those deleted by earlier versions.
CREATE TABLE tombstone (
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    article_id TEXT    NOT NULL,
    place_key  TEXT,
    title      TEXT,
    PRIMARY KEY (shelf_id, article_id)
) STRICT, WITHOUT ROWID;

-- An old edition asks for its articles by id alone, whatever shelf they were on.
CREATE INDEX tombstone_by_article ON tombstone (article_id);

CREATE TABLE tombstone_url (
    shelf_id INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    url_hash INTEGER NOT NULL,
    PRIMARY KEY (shelf_id, url_hash)
) STRICT, WITHOUT ROWID;

-- Stems (bot/text/words.py) and in how many articles and stubs each occurs. Numbers below 256 are stop words' stems
-- (bot/text/term_frequencies.py).
CREATE TABLE word (
    word_id  INTEGER PRIMARY KEY,
    stem     TEXT    NOT NULL UNIQUE,
    articles INTEGER NOT NULL
) STRICT;

-- The most frequent stems that begin with some letters; rarer ones are few enough to be read.
CREATE INDEX word_by_beginning ON word (substr(stem, 1, 3), articles DESC, stem) WHERE articles >= 16;

-- One row: the number of texts, and of their words without stop words.
CREATE TABLE text_total (
    total_id INTEGER PRIMARY KEY CHECK (total_id = 1),
    articles INTEGER NOT NULL,
    words    INTEGER NOT NULL
) STRICT;

INSERT INTO text_total (total_id, articles, words) VALUES (1, 0, 0);

-- The text of an article or a stub: how many words its title has, and the numbers of all its words as they are read
-- (bot/store/sqlite/index/word_code.py).
CREATE TABLE article_words (
    row_id INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    words  BLOB    NOT NULL
) STRICT;

-- Which articles and stubs hold a word that is not a stop word: its number in hexadecimal.
CREATE VIRTUAL TABLE article_text USING fts5 (
    words, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);

-- Words as they are written (folded) of full articles' titles, for completion, and for stop words where a query has
-- nothing else;
CREATE VIRTUAL TABLE title_text USING fts5 (
    title, content = '', columnsize = 0, detail = none, prefix = '3', tokenize = 'ascii'
);

-- those that occur in several titles, for spelling; and what is left of each without one letter, as a hash
-- (bot/store/sqlite/index/spelling.py).
CREATE TABLE spelling (
    spelling_id INTEGER PRIMARY KEY,
    written     TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE deletion (
    hash        INTEGER NOT NULL,
    spelling_id INTEGER NOT NULL,
    PRIMARY KEY (hash, spelling_id)
) STRICT, WITHOUT ROWID;

-- How the words of both were made; when the program makes them otherwise, the index is rebuilt.
CREATE TABLE text_index (
    made_by  TEXT    NOT NULL,
    is_whole INTEGER NOT NULL   -- 0 while articles are still being read for it
) STRICT;

-- Stories under ids that stay (bot/store/sqlite/search/stories.py), once for each shelf whose readers see something of
-- their own: the instance's, and a server's once it holds articles.
CREATE TABLE story (
    story_key  INTEGER PRIMARY KEY,   -- the older the lower
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    story_id   TEXT    NOT NULL,
    last_at    INTEGER NOT NULL,      -- its newest report's publication
    grouped_at INTEGER NOT NULL,
    UNIQUE (shelf_id, story_id)
) STRICT;

-- Ids are an article's followed by pluses.
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

-- An article that reads otherwise than before is looked at again.
CREATE TRIGGER story_of_changed_article AFTER UPDATE OF title, excerpt, url, aliases, published_at, is_hidden ON article
WHEN (old.title, old.excerpt, old.url, old.aliases, old.published_at, old.is_hidden)
    IS NOT (new.title, new.excerpt, new.url, new.aliases, new.published_at, new.is_hidden)
BEGIN
    UPDATE story_article SET standing = 0 WHERE row_id = new.row_id;
END;

-- The operator's seed files as they were when they were last read.
CREATE TABLE file_mark (
    folder       TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    mtime_ns     INTEGER NOT NULL,
    content_hash TEXT    NOT NULL,
    PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;

-- Why seeds were rejected, and what of a seed was ignored or changed although its article was read.
CREATE TABLE problem (
    problem_id INTEGER PRIMARY KEY,
    shelf_id   INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,
    origin     TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    line       INTEGER,
    field      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    cure       TEXT    NOT NULL,
    seen_at    INTEGER NOT NULL,
    kind       TEXT    NOT NULL DEFAULT 'problem' CHECK (kind IN ('problem', 'note'))
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
