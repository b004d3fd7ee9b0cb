-- From when on a message that stands in its channel is to be published to the channel's followers; NULL where that is
-- done, or nobody asked for it.
ALTER TABLE delivery ADD COLUMN publish_at INTEGER;

CREATE INDEX delivery_to_publish ON delivery (publish_at, delivery_id, channel_id) WHERE publish_at IS NOT NULL;
