-- How common words are: in how many texts of `article_text` each stem stands. FTS5's own vocabulary answers the same in
-- thirty times the time, and a search asks for hundreds. Kept by bot/store/sqlite/index/vocabulary.py, with the index itself.
CREATE TABLE word (
    stem     TEXT    PRIMARY KEY,
    articles INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the number of texts, and of their words without stop words.
CREATE TABLE text_total (
    total_id INTEGER PRIMARY KEY CHECK (total_id = 1),
    articles INTEGER NOT NULL,
    words    INTEGER NOT NULL
) STRICT;

INSERT INTO text_total (total_id, articles, words) VALUES (1, 0, 0);

DROP TABLE article_vocabulary;

-- The index is made anew, and these tables with it.
DELETE FROM text_index;
