-- Under what terms a case is decided settles what its answers come to, so a legal hold keeps them with the answers.

ALTER TABLE review_terms ADD COLUMN IF NOT EXISTS held Bool COMMENT 'Whether a legal hold keeps it beyond its time';
