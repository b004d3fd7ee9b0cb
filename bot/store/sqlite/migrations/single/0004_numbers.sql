-- Words get numbers, so that an article's text is a short row of bytes which hundreds of are read and ranked at once; the
-- indexes keep which articles hold a word, and nothing else. Kept by bot/store/sqlite/index/text_index.py.
DROP TABLE title_vocabulary;
DROP TABLE article_text;
DROP TABLE title_text;
DROP TABLE word;
DROP TABLE text_index;
UPDATE text_total SET articles = 0, words = 0;

-- Stems (bot/text/words.py) and in how many articles and stubs each stands. Numbers below 256 are stop words' stems
-- (bot/text/term_frequencies.py).
CREATE TABLE word (
    word_id  INTEGER PRIMARY KEY,
    stem     TEXT    NOT NULL UNIQUE,
    articles INTEGER NOT NULL
) STRICT;

-- The most frequent stems that begin with some letters; rarer ones are few enough to be read.
CREATE INDEX word_by_beginning ON word (substr(stem, 1, 3), articles DESC, stem) WHERE articles >= 16;

-- The text of an article or a stub: how many words its title has, and the numbers of all its words as they are read
-- (bot/store/sqlite/index/word_code.py).
CREATE TABLE article_words (
    row_id INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE,
    words  BLOB    NOT NULL
) STRICT;

-- Which articles and stubs hold a word that is no stop word: its number in hexadecimal.
CREATE VIRTUAL TABLE article_text USING fts5 (
    words, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);

-- Words as they are written (folded) of full articles' titles, for completion, and for stop words where a query has
-- nothing else;
CREATE VIRTUAL TABLE title_text USING fts5 (
    title, content = '', columnsize = 0, detail = none, prefix = '3', tokenize = 'ascii'
);

-- those that stand in several titles, for spelling; and what is left of each without one letter, as a hash
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

-- How the words of both were made; when the program makes them otherwise, they are made anew.
CREATE TABLE text_index (
    made_by  TEXT    NOT NULL,
    is_whole INTEGER NOT NULL   -- 0 while articles are still being read for it
) STRICT;

-- What a search asks of each article that holds its words, without reading the whole article for it.
CREATE INDEX article_to_find ON article (row_id, shelf_id, is_stub, provider_id, quality, published_at, score)
    WHERE is_hidden = 0 AND is_kept_out = 0 AND stands_for IS NULL;

-- What was published in a window and when that was known, without reading a change for it.
DROP INDEX change_by_publication;
CREATE INDEX change_by_publication ON change (published_at, row_id, seen_at);
