-- Asked for with every case page: answers that no case's history knows of, which are none almost always.
CREATE INDEX nominations_untold ON nominations (number) WHERE answered_at_ns IS NOT NULL AND told = 0;
