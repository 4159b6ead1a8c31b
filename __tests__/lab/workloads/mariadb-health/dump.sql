CREATE TABLE posts (title varchar(100));
INSERT INTO posts VALUES ('Hello');
