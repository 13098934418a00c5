-- SQLite: on a worklist, of what is due at the same time, what came first is first. Its twin is the same file in ../postgres;
-- a test keeps them alike.

DROP INDEX case_file_rank;
DROP INDEX case_file_department_rank;
DROP INDEX case_file_assigned;
CREATE INDEX case_file_rank ON case_file (division, rank, submitted, number) WHERE is_open = 1;
CREATE INDEX case_file_department_rank ON case_file (division, department, rank, submitted, number) WHERE is_open = 1;
CREATE INDEX case_file_assigned ON case_file (division, assigned, rank, submitted, number)
    WHERE is_open = 1 AND assigned IS NOT NULL;
