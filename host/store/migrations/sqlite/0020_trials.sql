-- SQLite: the records of one plugin, newest first, for trials. Its twin is the same file in ../postgres; a test keeps them alike.

CREATE INDEX call_record_plugin ON call_record (division, plugin, id);
