-- A letter goes to the keeper, or to the driver whom the keeper named: then this is the number of the letter in
-- whose answer the name stands.
ALTER TABLE nominations ADD COLUMN named_in TEXT NOT NULL DEFAULT '';
