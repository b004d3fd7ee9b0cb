-- What a channel was told is recognized by links and text too: the pick's own URLs, those of its story's other articles,
-- and the pick's title and excerpt, all JSON lists. Beside `value`, so that years of picks are read without decoding them.
ALTER TABLE pick ADD COLUMN urls       TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pick ADD COLUMN story_urls TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pick ADD COLUMN text       TEXT NOT NULL DEFAULT '["",""]';

UPDATE pick SET
    urls = (
        SELECT json_group_array(url) FROM (
            SELECT json_extract(pick.value, '$.article.url') AS url
            UNION ALL SELECT value FROM json_each(pick.value, '$.article.aliases')
        )
    ),
    story_urls = (
        SELECT json_group_array(url) FROM (
            SELECT json_extract(member.value, '$.url') AS url FROM json_each(pick.value, '$.story.articles') AS member
            UNION SELECT alias.value FROM json_each(pick.value, '$.story.articles') AS member
                JOIN json_each(member.value, '$.aliases') AS alias
            EXCEPT SELECT json_extract(pick.value, '$.article.url')
            EXCEPT SELECT value FROM json_each(pick.value, '$.article.aliases')
        )
    ),
    -- Several paths give a list in which the texts stay as they are escaped: half a character decodes to no UTF-8.
    text = json_extract(value, '$.article.title', '$.article.excerpt')
WHERE json_valid(value) AND json_type(value, '$.article.url') = 'text'
    AND json_type(value, '$.article.title') = 'text' AND json_type(value, '$.article.excerpt') = 'text';

-- What was posted to a channel, by whichever schedule.
CREATE INDEX delivery_by_channel ON delivery (channel_id, schedule_id, edition, state);

-- The URLs of these articles get the hashes of their pages when the file is opened next
-- (bot/store/sqlite/archive/aliases.py).
CREATE TABLE unhashed (
    row_id INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

INSERT INTO unhashed (row_id) SELECT row_id FROM article;

-- An article that nobody rated counts as a typical one (`BASE_QUALITY` of bot/news/article.py).
UPDATE article SET score = 70 WHERE quality IS NULL AND (heat IS NULL OR heat < 0);
UPDATE pick SET score = 70
WHERE json_valid(value) AND json_extract(value, '$.article.quality') IS NULL
    AND ifnull(json_extract(value, '$.article.heat'), -1) < 0;
